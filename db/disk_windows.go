package db

import "golang.org/x/sys/windows"

func diskOf(dir string) (Disk, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return Disk{}, err
	}
	var free, total, all uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, &total, &all); err != nil {
		return Disk{}, err
	}
	return Disk{Free: int64(free), Total: int64(total)}, nil
}
