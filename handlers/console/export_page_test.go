package console

import (
	"yingdi/domain"
	"yingdi/domain/export"
)

// exports is one in each state.
func (s sample) exports() []export.Entry {
	var list []export.Entry
	for _, state := range []export.State{export.Waiting, export.Running, export.Done, export.Expired, export.Cancelled, export.Failed} {
		e := export.Export{Doc: domain.Doc{ID: "x1"}, Kind: export.Checkins, From: "2026-11-19", State: state, Done: 40, Total: 100, Rows: 40, Size: 3 << 20, At: now, ExpiresAt: now, Failure: s.text}
		list = append(list, export.Entry{Export: e, Who: s.card(), Camp: s.text, May: true, Fetches: []export.Fetcher{{Who: s.card(), At: now}}})
		e.Fetched, e.Names, e.Phones, e.To = 1, true, true, "2026-11-20"
		list = append(list, export.Entry{Export: e, Who: s.card(), Camp: s.text})
	}
	return list
}
