package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxAgroLine is the longest request in bytes: ten years of readings every 10 minutes are less.
const maxAgroLine = 16 << 20

var errLongAgroLine = errors.New("the line is too long")

// agroLines cuts input without end into lines and holds one of them at most.
type agroLines struct {
	in   *bufio.Reader
	held []byte
}

// next returns the next line without its end, valid until the next call; a last line without an end counts too. Of
// a line that is too long it returns the beginning with errLongAgroLine and passes over the rest.
func (l *agroLines) next() ([]byte, error) {
	l.held = l.held[:0]
	for long := false; ; {
		part, err := l.in.ReadSlice('\n')
		part, ended := bytes.CutSuffix(part, []byte("\n"))
		if room := maxAgroLine - len(l.held); len(part) > room {
			part, long = part[:room], true
		}
		l.held = append(l.held, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !(errors.Is(err, io.EOF) && len(l.held) > 0):
			return nil, err
		case long:
			return l.held, errLongAgroLine
		case ended || err != nil:
			return l.held, nil
		}
	}
}
