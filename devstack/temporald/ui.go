package temporald

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"longhaul/devstack/port"
)

// ui is the running web interface of the Temporal server.
type ui struct {
	server *server.Server
	done   chan struct{}
}

// startUI serves the web interface and returns when it accepts connections.
func startUI(ctx context.Context, uiPort int, address, namespace string) (*ui, error) {
	u := &ui{
		server: server.NewServer(server_options.WithConfigProvider(&uiconfig.Config{
			Host:                port.Host,
			Port:                uiPort,
			TemporalGRPCAddress: address,
			DefaultNamespace:    namespace,
			EnableUI:            true,
			HideLogs:            true,
			CORS:                uiconfig.CORS{CookieInsecure: true},
		})),
		done: make(chan struct{}),
	}
	go func() {
		defer close(u.done)
		_ = u.server.Start()
	}()
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	err := untilDone(ctx, func() error {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", port.Address(uiPort))
		if err != nil {
			return err
		}
		return conn.Close()
	})
	if err != nil {
		return nil, fmt.Errorf("wait for the web interface: %w", err)
	}
	return u, nil
}

func (u *ui) stop() {
	u.server.Stop()
	select {
	case <-u.done:
	case <-time.After(time.Second):
	}
}
