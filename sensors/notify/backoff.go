package notify

import "time"

// How long the worker waits, and for how long it goes on.
const (
	firstWait    = 10 * time.Second
	longestPause = 30 * time.Minute
	// A notice is given up when it is older than this and was tried at least that often, so that a clock that
	// jumped is no reason.
	giveUpAfter = 48 * time.Hour
	giveUpTries = 10
	// failuresToSwitch is how often a channel fails before the recipient's next one is tried.
	failuresToSwitch = 2
	// freshWait is how long after a failure a channel is tried again for something new.
	freshWait = time.Minute
)

// backoff returns how long to wait after so many failures in a row: 10 s, doubled each time up to 30 min, give
// or take a tenth by luck, which is from 0 to below 1, so that not all come back at once.
func backoff(failures int, luck float64) time.Duration {
	wait := firstWait
	for i := 1; i < failures && wait < longestPause; i++ {
		wait *= 2
	}
	wait = min(wait, longestPause)
	return time.Duration(float64(wait) * (.9 + .2*luck))
}
