package season

import "yingdi/season/audit"

// Fault is something that WeChat is made to have in one moment: of its next call of Path, or of its next push.
type Fault struct {
	Path, Mode string
	Code       string
	Push       string
}

var callFaults = []Fault{
	{Path: "/sns/jscode2session", Mode: "down"},
	{Path: "/sns/jscode2session", Mode: "lost"},
	{Path: "/sns/jscode2session", Mode: "code", Code: "45011"},
	{Path: "/wxa/msg_sec_check", Mode: "down"},
	{Path: "/wxa/msg_sec_check", Mode: "lost"},
	{Path: "/wxa/msg_sec_check", Mode: "code", Code: "40001"},
	{Path: "/wxa/msg_sec_check", Mode: "slow"},
	{Path: "/wxa/media_check_async", Mode: "down"},
	{Path: "/wxa/media_check_async", Mode: "lost"},
	{Path: "/wxa/getwxacodeunlimit", Mode: "down"},
	{Path: "/wxa/getwxacodeunlimit", Mode: "code", Code: "-1"},
	{Path: "/cgi-bin/message/subscribe/send", Mode: "down"},
	{Path: "/cgi-bin/message/subscribe/send", Mode: "lost"},
}

var pushFaults = []string{"drop", "duplicate", "reorder", "delay", "bad signature", "bad msg_signature", "plaintext", "stale"}

// Faults tells what goes wrong with WeChat in a moment.
func (p Plan) Faults(day int, at Moment) []Fault {
	r := p.dice(5, day, int(at))
	var faults []Fault
	for range 1 + r.IntN(2) {
		f := callFaults[r.IntN(len(callFaults))]
		if f.Mode == "slow" && r.IntN(4) > 0 { // it costs a second of real time
			f.Mode = "down"
		}
		faults = append(faults, f)
	}
	for range r.IntN(3) {
		faults = append(faults, Fault{Push: pushFaults[r.IntN(len(pushFaults))]})
	}
	return faults
}

// note writes a fault down, by what it concerns.
func (f Fault) note(p *audit.Promises) {
	if p.Faults == nil {
		p.Faults = map[string]int{}
	}
	p.Faults[f.Path+f.Push]++
}
