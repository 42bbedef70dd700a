package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/groupbuy"
	"yingdi/domain/order"
	"yingdi/storage"
)

// paidBack stands for orders that do whatever is asked of them.
type paidBack struct{}

func (paidBack) Settle(context.Context, string) error          { return domain.ErrNotFound }
func (paidBack) Settled(context.Context, string) (bool, error) { return true, nil }
func (paidBack) Get(context.Context, string) (order.Order, error) {
	return order.Order{}, domain.ErrNotFound
}

// market is the use cases of group-buys over an engine, with a campaign k for groups of a size.
func (s *suite) market(t *testing.T, size int) (*groupbuy.Service, storage.GroupbuyStores) {
	t.Helper()
	at, err := storage.NewGroupbuys(t.Context(), s.db(t))
	must(t, err)
	must(t, at.Campaigns.Insert(t.Context(), groupbuy.Campaign{
		Doc: doc("k"), Organiser: "o1", Camp: "c1", Title: "一起学", State: groupbuy.Active, EndsAt: noon.Add(72 * time.Hour), CreatedAt: noon, Version: 1,
		Terms: groupbuy.Terms{Offer: "std", Size: size, Leader: 99_00, Member: 129_00, Hours: 24, PerPerson: 1},
	}))
	return &groupbuy.Service{
		Store: at.Groups, Campaigns: at.Campaigns, Entries: at.Entries, Sources: at.Sources, Sealer: domaintest.Sealer(), Orders: paidBack{}, Clock: domaintest.NewClock(noon.Format(time.RFC3339)),
	}, at
}

func seatOf(named, member, id string) order.Claim {
	return order.Claim{Ref: named, Order: id, Member: member, Camp: "c1", Offer: "std", PayBy: noon.Add(30 * time.Minute)}
}

// enter reserves a seat and pays for it.
func enter(t testing.TB, s *groupbuy.Service, named, member, id string) error {
	claim := seatOf(named, member, id)
	if err := s.Reserve(t.Context(), claim); err != nil {
		return err
	}
	claim.PaidAt = noon
	_, err := s.Paid(t.Context(), claim)
	return err
}

var groupbuyRaces = tests{
	"the last seats of some groups are sold once": func(s *suite, t *testing.T) {
		const size, groups = 5, 4
		market, at := s.market(t, size)
		for i := range groups {
			must(t, enter(t, market, "k", fmt.Sprint("leader", i), fmt.Sprint("g", i)))
		}
		refused := []error{groupbuy.ErrFull, groupbuy.ErrOver, groupbuy.ErrInGroup, groupbuy.ErrLimit}
		won := atOnce(t, racers, func(i int) error { // everybody knocks at two of the groups at once
			return enter(t, market, fmt.Sprint("k:g", i%groups), fmt.Sprint("m", i/2), fmt.Sprint("r", i))
		}, refused...)
		for i := range racers { // and once more: who had two seats for a moment gave one back after the others had gone
			won += atOnce(t, 1, func(int) error {
				return enter(t, market, fmt.Sprint("k:g", i%groups), fmt.Sprint("m", i/2), fmt.Sprint("late", i))
			}, refused...)
		}
		same(t, won, groups*(size-1))
		full, _, err := at.Groups.OfCampaign(t.Context(), "k", groupbuy.Succeeded, domain.Page{Limit: domain.MaxPage})
		must(t, err)
		seats, people := 0, map[string]bool{}
		for _, g := range full {
			for _, seat := range g.Seats {
				if seat.State == groupbuy.Confirmed {
					seats, people[seat.Member] = seats+1, true
				}
			}
		}
		same(t, []int{len(full), seats, len(people)}, []int{groups, groups * size, groups * size})
	},
}

var groupbuyTests = tests{
	"groups are listed by campaign, by what they wait for, and counted": func(s *suite, t *testing.T) {
		market, at := s.market(t, 2)
		for i := range 4 {
			must(t, enter(t, market, "k", fmt.Sprint("leader", i), fmt.Sprint("g", i)))
		}
		must(t, enter(t, market, "k:g0", "m1", "r1"))
		gone := seatOf("k", "leader1", "g1")
		gone.PaidAt = noon
		must(t, market.Free(t.Context(), gone))
		must(t, market.Reserve(t.Context(), seatOf("k:g2", "m2", "r2")))
		list := func(in groupbuy.Stage) []string {
			return pagesOf(t, 2, func(p domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
				return at.Groups.OfCampaign(t.Context(), "k", in, p)
			})
		}
		same(t, len(list("")), 4)
		same(t, list(groupbuy.Forming), []string{"k:g3", "k:g2"})
		same(t, list(groupbuy.Failed), []string{"k:g1"})
		same(t, pagesOf(t, 1, func(p domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
			return at.Groups.Joinable(t.Context(), "k", noon, p)
		}), []string{"k:g3"})
		same(t, pagesOf(t, 1, func(p domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
			return at.Groups.Waking(t.Context(), noon.Add(48*time.Hour), p)
		}), []string{"k:g0", "k:g1", "k:g2", "k:g3"})
		for _, of := range []struct {
			organisers []string
			want       int
		}{{nil, 2}, {[]string{"o1"}, 2}, {[]string{"o1", "o2"}, 2}, {[]string{"o2"}, 0}, {[]string{}, 0}} {
			late, _, err := at.Groups.Late(t.Context(), of.organisers, noon.Add(groupbuy.Patience+time.Second), domain.Page{})
			must(t, err)
			same(t, len(late), of.want)
			late, _, err = at.Groups.Late(t.Context(), of.organisers, noon.Add(groupbuy.Patience), domain.Page{})
			must(t, err)
			same(t, len(late), 0)
		}
		var e groupbuy.Effect
		for f, err := range at.Groups.Facts(t.Context(), "k", groupbuy.Forming) {
			must(t, err)
			e.Add(f)
		}
		same(t, e, groupbuy.Effect{Groups: 2, Paid: 2, Reserved: 1})
		running, _, err := at.Campaigns.Running(t.Context(), "c1", domain.Page{})
		must(t, err)
		own, _, err := at.Entries.OfPerson(t.Context(), "m2", domain.Page{})
		must(t, err)
		same(t, []int{len(running), len(own)}, []int{1, 1})
	},
}
