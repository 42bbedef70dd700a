//go:build e2e

package main

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/notice"
	"yingdi/domain/wechat"
	"yingdi/season"
)

// playSmall plays a small season in this process, on a stage that set has changed.
func playSmall(t *testing.T, set func(*stage)) season.Report {
	t.Helper()
	addr, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	server := &inside{addr: addr, folder: folder, set: set}
	report, err := playSeason(t.Context(), server, folder, addr, season.Options{Learners: 8, Days: 2, Seed: 1}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func brokenIn(r season.Report) (names []string) {
	for _, inv := range r.Invariants {
		if !inv.OK {
			names = append(names, inv.Name)
		}
	}
	return names
}

func TestASeasonKeepsEveryPromiseAndIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	first := playSmall(t, nil)
	for _, inv := range first.Invariants {
		if !inv.OK {
			t.Errorf("%s: %s", inv.Name, inv.Detail)
		}
	}
	if first.Counts["checkins"] == 0 || first.Counts["reviews"] == 0 || first.Counts["messages_sent"] == 0 || first.Counts["pictures"] == 0 {
		t.Errorf("the season was too quiet to mean anything: %v", first.Counts)
	}
	if diff := cmp.Diff(first.Counts, playSmall(t, nil).Counts); diff != "" {
		t.Errorf("the same seed counts differently (-first +second):\n%s", diff)
	}
}

// twice sends every message twice, as a worker would that forgot what it has done.
type twice struct{ notice.WeChat }

func (w twice) Send(ctx context.Context, m wechat.Message) error {
	err := w.WeChat.Send(ctx, m)
	if err == nil {
		_ = w.WeChat.Send(ctx, m)
	}
	return err
}

func TestADroppedOutboxEntryAndADoubledEffectAreCaught(t *testing.T) {
	t.Parallel()
	var dropped atomic.Bool
	report := playSmall(t, func(s *stage) {
		s.services.Notices.WeChat = twice{s.services.Notices.WeChat}
		s.db.OnWrite(func(p domain.Posted) {
			campID, _, _ := strings.Cut(p.ID, ":")
			in, _ := s.services.Camps.Get(context.Background(), campID)
			// In the large camp there is one check-in a day, and so one event that brings its card.
			if p.Event.Type != checkin.EventSubmitted || in.Pace != camp.PaceCommon || !dropped.CompareAndSwap(false, true) {
				s.queue.Post(p)
				return
			}
			if err := s.db.Ack(context.Background(), p, "nobody", []string{"nobody"}); err != nil {
				t.Error(err)
			}
		})
	})
	names := brokenIn(report)
	if !dropped.Load() || !slices.Contains(names, "cards") {
		t.Errorf("the dropped entry was caught as %v, want cards among them", names)
	}
	if !slices.Contains(names, "messages-once") {
		t.Errorf("the doubled effect was caught as %v, want messages-once among them", names)
	}
}
