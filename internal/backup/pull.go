package backup

import (
	"errors"
	"iter"
)

var errStopped = errors.New("stopped")

// pull turns a function that calls back for each value into one that returns the
// next. stop ends it and returns the error that it ended with; it may be called
// more than once.
func pull[T any](each func(func(T) error) error) (next func() (T, bool), stop func() error) {
	var failed error
	next, end := iter.Pull(func(yield func(T) bool) {
		failed = each(func(v T) error {
			if !yield(v) {
				return errStopped
			}
			return nil
		})
		if errors.Is(failed, errStopped) {
			failed = nil
		}
	})
	return next, func() error { end(); return failed }
}
