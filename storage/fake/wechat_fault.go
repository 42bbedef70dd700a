package fake

import (
	"net/http"
	"slices"
	"time"
)

// Fault is what shall go wrong with the next call of a path.
type Fault struct {
	Path  string        `json:"path"`            // such as /wxa/msg_sec_check; empty for any
	Code  int           `json:"code,omitempty"`  // refuse with this errcode, and do nothing
	Hang  bool          `json:"hang,omitempty"`  // never answer, and do nothing
	Lost  bool          `json:"lost,omitempty"`  // do it, then break the connection instead of answering
	Down  bool          `json:"down,omitempty"`  // answer 502
	Slow  time.Duration `json:"slow,omitempty"`  // wait before anything else
	Times int           `json:"times,omitempty"` // how many calls; 1 if zero
}

// Inject makes the next calls of the fault's path go wrong. Faults queue up.
func (w *WeChat) Inject(f Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f.Times = max(f.Times, 1)
	w.faults = append(w.faults, f)
}

// fault takes the first one that is meant for the path.
func (w *WeChat) fault(path string) Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := slices.IndexFunc(w.faults, func(f Fault) bool { return f.Path == "" || f.Path == path })
	if at < 0 {
		return Fault{}
	}
	f := w.faults[at]
	if w.faults[at].Times--; w.faults[at].Times == 0 {
		w.faults = slices.Delete(w.faults, at, at+1)
	}
	return f
}

// before does what must go wrong before the call is carried out, and tells whether to carry it out.
func (f Fault) before(rw http.ResponseWriter, r *http.Request) bool {
	if f.Slow > 0 {
		timer := time.NewTimer(f.Slow)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	switch {
	case f.Hang:
		<-r.Context().Done()
	case f.Down:
		http.Error(rw, "bad gateway", http.StatusBadGateway)
	case f.Code != 0:
		write(rw, refuse(f.Code))
	default:
		return true
	}
	return false
}
