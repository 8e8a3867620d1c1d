//go:build !linux && !darwin && !freebsd && !windows

package db

import "errors"

func diskOf(string) (Disk, error) { return Disk{}, errors.ErrUnsupported }
