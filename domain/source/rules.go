package source

import (
	"fmt"
	"time"
)

// Rules say from when on a feature's sources are odd, and in which words: what so many people did there.
type Rules struct {
	Name    string // of the feature, in its hashes
	Crowd   int    // people at one address, in the same thing
	Crowded string
	Twins   int // people at one device
	Twinned string
	Burst   int // people within …
	Within  time.Duration
	Rushed  string
	Owned   string // on the device of whoever gains by it; empty where nobody does
	Full    error  // the refusal of whoever is one too many
}

// signals are what is odd about a source, in words.
func (r Rules) signals(s Source) (signals []string) {
	all, most := people(s.Takes)
	if s.Own && all > 0 {
		signals = append(signals, fmt.Sprintf("有 %d 个账号%s", all, r.Owned))
	}
	switch {
	case s.Kind == Network && most >= r.Crowd:
		signals = append(signals, fmt.Sprintf("同一网络地址有 %d 个账号%s", most, r.Crowded))
	case s.Kind == Device && all >= r.Twins:
		signals = append(signals, fmt.Sprintf("同一台设备有 %d 个账号%s", all, r.Twinned))
	}
	if n, took := r.fastest(s.Takes); n >= r.Burst {
		signals = append(signals, fmt.Sprintf("%d 个账号在 %d 秒内接连%s，快得不像人在操作", n, int(took.Seconds())+1, r.Rushed))
	}
	return signals
}

// people counts those who took part, and the most in a single thing.
func people(takes []Take) (all, most int) {
	seen, of := map[string]bool{}, map[string]map[string]bool{}
	for _, t := range takes {
		if of[t.Of] == nil {
			of[t.Of] = map[string]bool{}
		}
		seen[t.Member], of[t.Of][t.Member] = true, true
		most = max(most, len(of[t.Of]))
	}
	return len(seen), most
}

// fastest is the most people who took part within the time of a burst, and the time they took.
func (r Rules) fastest(takes []Take) (most int, within time.Duration) {
	for i, first := range takes {
		people := map[string]bool{}
		for _, t := range takes[i:] {
			took := t.At.Sub(first.At)
			if took > r.Within {
				break
			}
			if people[t.Member] = true; len(people) > most {
				most, within = len(people), took
			}
		}
	}
	return most, within
}
