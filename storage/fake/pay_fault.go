package fake

import (
	"net/http"
	"slices"
	"strings"
)

// PayFault is what shall go wrong with the next call of a path.
type PayFault struct {
	Path     string // a part of it, such as refunds; empty for any
	Status   int    // refuse with this status
	Code     string // and this code, and do nothing
	Down     bool   // answer 502
	Lost     bool   // do it, then break the connection instead of answering
	Unsigned bool   // do it, and answer without a signature
	Held     bool   // a refund waits for Settle; a transfer is a slow one, see PayOptions.SlowTransfers
	Times    int    // how many calls; 1 if zero
}

// Inject makes the next calls of the fault's path go wrong. Faults queue up.
func (p *Pay) Inject(f PayFault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.Times = max(f.Times, 1)
	p.faults = append(p.faults, f)
}

// fault takes the first one that is meant for the path.
func (p *Pay) fault(path string) PayFault {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.faults, func(f PayFault) bool { return strings.Contains(path, f.Path) })
	if at < 0 {
		return PayFault{}
	}
	f := p.faults[at]
	if p.faults[at].Times--; p.faults[at].Times == 0 {
		p.faults = slices.Delete(p.faults, at, at+1)
	}
	return f
}

func (f PayFault) before(p *Pay, rw http.ResponseWriter, _ *http.Request) bool {
	switch {
	case f.Down:
		http.Error(rw, "bad gateway", http.StatusBadGateway)
	case f.Code != "":
		p.refusal(rw, refusePay(max(f.Status, 400), f.Code, "模拟的故障"))
	default:
		return true
	}
	return false
}
