//go:build unix

package broker

import (
	"errors"
	"net"
	"syscall"
)

// direct writes to a socket as much as it takes without waiting, which spares a goroutine for each write.
type direct struct {
	raw syscall.RawConn // nil when the connection is more than a socket
	try func(fd uintptr) bool
	out []byte
	n   int
	err error
}

func newDirect(conn net.Conn) direct {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return direct{}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return direct{}
	}
	return direct{raw: raw}
}

// write returns how much of p it wrote, which may be nothing.
func (d *direct) write(p []byte) (int, error) {
	if d.raw == nil {
		return 0, nil
	}
	if d.try == nil {
		d.try = d.attempt
	}
	d.out, d.n, d.err = p, 0, nil
	err := d.raw.Write(d.try)
	d.out = nil
	if err != nil {
		return 0, err
	}
	return d.n, d.err
}

func (d *direct) attempt(fd uintptr) bool {
	n, err := syscall.Write(int(fd), d.out)
	switch {
	case err == nil:
		d.n = n
	case !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR):
		d.err = err
	}
	return true
}
