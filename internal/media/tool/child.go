package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"longhaul/internal/jail"
)

// command is the argument that makes one of our programs a confined one.
const command = "media-tool"

// ownPort is where the parent listens in a network of the child's own: nobody
// else is there.
const ownPort = 8080

// control is where a child finds the socket to its parent.
const control = 3

// order is what a child is to become.
type order struct {
	Program jail.Program
}

// Child makes this process ffmpeg or ffprobe if its arguments say so, and does
// not return then. It comes first in each program, and in each test's main,
// that uses a Runner.
func Child() {
	if len(os.Args) != 3 || os.Args[1] != command {
		return
	}
	fmt.Fprintln(os.Stderr, become(network(os.Args[2])))
	os.Exit(1)
}

// become hands the listener over, if the child has a network of its own, waits
// for its order and follows it.
func become(n network) error {
	file := os.NewFile(control, "control")
	conn, err := net.FileConn(file)
	if err != nil {
		return fmt.Errorf("open the socket to the parent: %w", err)
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return errors.New("the socket to the parent is of another kind")
	}
	if n != networkShared {
		if err := handOver(unixConn); err != nil {
			return err
		}
	}
	var o order
	if err := json.NewDecoder(unixConn).Decode(&o); err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	return jail.Become(o.Program)
}

// handOver listens in this process's network and gives the socket to the parent,
// whose it stays.
func handOver(conn *net.UnixConn) error {
	if err := jail.Alone(); err != nil {
		return err
	}
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: ownPort})
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	file, err := l.File()
	if err != nil {
		return fmt.Errorf("duplicate the listener: %w", err)
	}
	defer file.Close()
	_, _, err = conn.WriteMsgUnix([]byte{1}, unix.UnixRights(int(file.Fd())), nil)
	if err != nil {
		return fmt.Errorf("hand the listener over: %w", err)
	}
	return l.Close()
}

// takeOver receives a child's listener.
func takeOver(conn *net.UnixConn) (net.Listener, error) {
	buf, rights := make([]byte, 1), make([]byte, unix.CmsgSpace(4))
	n, rn, _, _, err := conn.ReadMsgUnix(buf, rights)
	if err == nil && n == 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("receive the listener: %w", err)
	}
	messages, err := unix.ParseSocketControlMessage(rights[:rn])
	if err != nil || len(messages) != 1 {
		return nil, errors.Join(errors.New("the listener did not come along"), err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, errors.Join(errors.New("the listener did not come along"), err)
	}
	unix.CloseOnExec(fds[0])
	file := os.NewFile(uintptr(fds[0]), "listener")
	defer file.Close()
	l, err := net.FileListener(file)
	if err != nil {
		return nil, fmt.Errorf("open the listener: %w", err)
	}
	return l, nil
}
