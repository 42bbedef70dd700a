package api

import (
	"time"

	"yingdi/domain"
)

// moment is null for no instant.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// secondsTo an instant, for a countdown that does not trust the phone's clock.
func secondsTo(at, now time.Time) int64 { return max(int64(at.Sub(now)/time.Second), 0) }

// said is a refusal for people to read; empty for none.
func said(why *domain.Error) string {
	if why == nil {
		return ""
	}
	return why.Message
}
