// Package mailbox takes every mail that is sent to it by SMTP or by the HTTP API
// of Resend, keeps it as a
// file and shows it in a small web page. Nothing leaves the machine: it never
// relays. It is meant for loopback and knows no accounts.
package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/emersion/go-smtp"

	"longhaul/devstack/port"
	"longhaul/frontdoor"
)

const (
	domain          = "longhaul.localhost"
	maxMessageBytes = 10 << 20
	maxRecipients   = 50
	smtpTimeout     = 30 * time.Second
	stopTimeout     = 2 * time.Second
)

// Options says where mail is kept and where it arrives.
type Options struct {
	// Dir holds one file per message.
	Dir string
	// SMTPPort and WebPort are loopback ports; zero takes a free one.
	SMTPPort, WebPort int
	// Key is what the bearer of the HTTP API must be; empty takes any.
	Key string
	// Now is the clock that names the messages.
	Now func() time.Time
}

// Server is a running mail catcher.
type Server struct {
	// SMTPAddress is the host and port that mail is sent to.
	SMTPAddress string
	// URL is the address of the web page.
	URL string

	smtp *smtp.Server
	web  *http.Server
	done chan error
}

// Start listens for mail and for browsers.
func Start(ctx context.Context, opts Options) (*Server, error) {
	box, err := openBox(opts.Dir, opts.Now)
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	mail, err := listen.Listen(ctx, "tcp", port.Address(opts.SMTPPort))
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w", err)
	}
	web, err := listen.Listen(ctx, "tcp", port.Address(opts.WebPort))
	if err != nil {
		_ = mail.Close()
		return nil, fmt.Errorf("listen for browsers: %w", err)
	}
	s := &Server{
		SMTPAddress: mail.Addr().String(),
		URL:         "http://" + web.Addr().String(),
		smtp:        newSMTP(box),
		web:         &http.Server{Handler: newPages(box, opts.Key)},
		done:        make(chan error, 2),
	}
	go func() {
		s.done <- s.smtp.Serve(frontdoor.Limits{}.Listener(mail, "421 4.7.0 Too many connections\r\n"))
	}()
	go func() { s.done <- frontdoor.Limits{}.Serve(s.web, web) }()
	return s, nil
}

// Done delivers the end of either listener, whether asked for or not.
func (s *Server) Done() <-chan error {
	return s.done
}

// Stop ends both listeners.
func (s *Server) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(s.smtp.Close(), s.web.Shutdown(ctx))
}

func newSMTP(box *box) *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &delivery{box: box}, nil
	}))
	server.Domain = domain
	server.MaxMessageBytes = maxMessageBytes
	server.MaxRecipients = maxRecipients
	server.ReadTimeout, server.WriteTimeout = smtpTimeout, smtpTimeout
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	return server
}

// delivery is one SMTP conversation.
type delivery struct {
	box  *box
	from string
	to   []string
}

// Reset drops the unfinished message.
func (d *delivery) Reset() {
	d.from, d.to = "", nil
}

// Logout ends the conversation.
func (d *delivery) Logout() error {
	return nil
}

// Mail takes the sender.
func (d *delivery) Mail(from string, _ *smtp.MailOptions) error {
	d.from = from
	return nil
}

// Rcpt takes one recipient.
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = append(d.to, to)
	return nil
}

// Data takes the message and stores it.
func (d *delivery) Data(r io.Reader) error {
	_, err := d.box.add(d.from, d.to, r)
	return err
}
