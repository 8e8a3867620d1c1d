package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// onFlashCard reports whether the folder lies on an SD card or eMMC, which Linux calls mmcblk.
func onFlashCard(dir string) bool {
	var stat syscall.Stat_t
	for {
		if syscall.Stat(dir, &stat) == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
	dev := uint64(stat.Dev) //nolint:unconvert // 32 bits on some systems
	major, minor := dev>>8&0xfff, dev&0xff|dev>>12&0xfff00
	link, err := os.Readlink(fmt.Sprintf("/sys/dev/block/%d:%d", major, minor))
	return err == nil && strings.Contains(link, "mmcblk")
}
