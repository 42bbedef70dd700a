package risk_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/domaintest"
	"yingdi/domain/enrolment"
	"yingdi/domain/member"
	"yingdi/domain/risk"
)

// house is a running camp of ten days, with learners m0, m1 … of whom each tenth has missed the more days, the later they
// came.
type house struct {
	learners int
	reads    int // of learners' days
}

func (h *house) ForStaff(context.Context, string, domain.Right) (camp.Camp, error) {
	return camp.Camp{
		Doc: domain.Doc{ID: "c"}, Calendar: domain.Calendar{Zone: "Asia/Shanghai"}, Start: "2026-03-01", End: "2026-03-10", State: camp.Published,
	}, nil
}

func (h *house) CheckinDays(context.Context, string) (days []domain.Day, _ error) {
	for i := range 10 {
		days = append(days, domain.Day("2026-03-01").Add(i))
	}
	return days, nil
}

func (h *house) OfCamp(_ context.Context, _ string, page domain.Page) (list []enrolment.Enrolment, next domain.Cursor, _ error) {
	at, _ := strconv.Atoi(string(page.After))
	for ; at < h.learners && len(list) < page.Limit; at++ {
		list = append(list, enrolment.Enrolment{Member: fmt.Sprint("m", at), State: enrolment.Active, ActiveAt: time.Date(2026, 2, 20, 0, 0, 0, 0, time.UTC)})
	}
	if at < h.learners {
		next = domain.Cursor(strconv.Itoa(at))
	}
	return list, next, nil
}

func (h *house) DaysOf(_ context.Context, _ string, members []string) (map[string][]domain.Day, error) {
	h.reads++
	days := map[string][]domain.Day{}
	for _, m := range members {
		n, _ := strconv.Atoi(m[1:])
		last := 9 // today is the ninth
		if n%10 == 9 {
			last = 5 - 4*n/h.learners
		}
		for d := range last {
			days[m] = append(days[m], domain.Day("2026-03-01").Add(d))
		}
	}
	return days, nil
}

func (h *house) Cards(_ context.Context, ids []string) (map[string]member.Card, error) {
	cards := map[string]member.Card{}
	for _, id := range ids {
		cards[id] = member.Card{ID: id, Nickname: id}
	}
	return cards, nil
}

func TestTheWorstOfAWholeCampComesFirst(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		learners, looked, found, reads int
		more                           bool
	}{
		"a camp of three hundred": {300, 300, 30, 3, false},
		"one of a thousand":       {1000, 500, 50, 5, true},
	} {
		h := &house{learners: tc.learners}
		s := &risk.Service{
			Store: domaintest.NewStore[risk.Thresholds](&domaintest.Power{}), Checkins: h, Camps: h, Tasks: h, Enrolments: h, Members: h,
			Clock: domaintest.NewClock("2026-03-09T04:00:00Z"),
		}
		v, err := s.List(t.Context(), "c", "")
		if err != nil || v.Looked != tc.looked || len(v.Learners) != tc.found || (v.Next != "") != tc.more || h.reads != tc.reads {
			t.Fatalf("%s: looked at %d in %d reads, found %d, next %q, %v", name, v.Looked, h.reads, len(v.Learners), v.Next, err)
		}
		worst, rest := v.Learners[0], v.Learners[len(v.Learners)-1]
		if n, _ := strconv.Atoi(worst.Member.Nickname[1:]); n < tc.looked/2 || worst.Reasons[0].Days <= rest.Reasons[0].Days {
			t.Errorf("%s: %s with %d days comes first, %s with %d last", name, worst.Member.Nickname, worst.Reasons[0].Days, rest.Member.Nickname, rest.Reasons[0].Days)
		}
	}
}
