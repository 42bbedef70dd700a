package storage

import (
	"context"
	"errors"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/groupbuy"
)

// GroupbuyStores are the collections of group-buys.
type GroupbuyStores struct {
	Groups    Groupbuys
	Campaigns GroupbuyCampaigns
	Entries   *Collection[groupbuy.Entry]
	Sources   Sources
}

// NewGroupbuys declares the collections.
func NewGroupbuys(ctx context.Context, db *DB) (s GroupbuyStores, err error) {
	groups, failed := newGroupbuys(ctx, db)
	campaigns, alsoFailed := newGroupbuyCampaigns(ctx, db)
	s.Groups, s.Campaigns = groups, campaigns
	s.Entries, err = NewCollection(ctx, db, "groupbuyentry", Keys[groupbuy.Entry]{
		"owned": func(e *groupbuy.Entry) any { return e.Member },
	}, ofPerson)
	var last error
	s.Sources, last = newSources(ctx, db, "groupbuysource")
	return s, errors.Join(failed, alsoFailed, err, last)
}

// Groupbuys keeps groups.
type Groupbuys struct {
	*Collection[groupbuy.Group]
}

func newGroupbuys(ctx context.Context, db *DB) (Groupbuys, error) {
	type g = groupbuy.Group
	count := func(in ...groupbuy.SeatState) func(*g) any {
		return func(k *g) any { return int64(k.Count(in...)) }
	}
	all, err := NewCollection(ctx, db, "groupbuy", Keys[g]{
		"campaign":  func(k *g) any { return k.Campaign },
		"state":     func(k *g) any { return string(k.State) },
		"at":        func(k *g) any { return k.OpenedAt },
		"joinable":  func(k *g) any { return keyed(k.Joinable(), k.Campaign) },
		"expires":   func(k *g) any { return k.ExpiresAt },
		"wake":      func(k *g) any { return k.WakeAt },
		"late":      func(k *g) any { return k.LateAt() },
		"owing":     func(k *g) any { return keyed(!k.LateAt().IsZero(), k.Organiser) },
		"reserved":  count(groupbuy.Reserved),
		"paid":      count(groupbuy.Paid),
		"confirmed": count(groupbuy.Confirmed),
		"refunding": count(groupbuy.Refunding),
		"refunded":  count(groupbuy.Refunded),
	},
		Index{Name: "campaign", Fields: []string{"campaign", "at"}}, Index{Name: "campaignstate", Fields: []string{"campaign", "state", "at"}},
		Index{Name: "joinable", Fields: []string{"joinable", "expires"}}, Index{Name: "wake", Fields: []string{"wake"}},
		Index{Name: "late", Fields: []string{"late"}}, Index{Name: "owing", Fields: []string{"owing", "late"}},
		Index{Name: "tally", Fields: []string{"campaign", "state", "at", "reserved", "paid", "confirmed", "refunding", "refunded"}})
	return Groupbuys{all}, err
}

// OfCampaign implements groupbuy.Store.
func (s Groupbuys) OfCampaign(ctx context.Context, campaign string, in groupbuy.Stage, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(ctx, narrowed("campaign", campaign, string(in)), page)
}

// Joinable implements groupbuy.Store.
func (s Groupbuys) Joinable(ctx context.Context, campaign string, after time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(ctx, By("joinable").Equal(campaign).Range(after, nil), page)
}

// Facts implements groupbuy.Store.
func (s Groupbuys) Facts(ctx context.Context, campaign string, in groupbuy.Stage) iter.Seq2[groupbuy.Fact, error] {
	return func(yield func(groupbuy.Fact, error) bool) {
		for e, err := range s.Entries(ctx, By("tally").Equal(campaign, string(in))) {
			if err != nil {
				yield(groupbuy.Fact{}, err)
				return
			}
			n := func(field string) int { return int(number(e.Fields[field])) }
			f := groupbuy.Fact{
				State: in, Opened: instant(e.Fields["at"]), Reserved: n("reserved"), Paid: n("paid"), Confirmed: n("confirmed"), Refunding: n("refunding"), Refunded: n("refunded"),
			}
			f.Taken = f.Reserved + f.Paid + f.Confirmed
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Waking implements groupbuy.Store.
func (s Groupbuys) Waking(ctx context.Context, before time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// Late implements groupbuy.Store.
func (s Groupbuys) Late(ctx context.Context, organisers []string, before time.Time, page domain.Page) ([]groupbuy.Group, domain.Cursor, error) {
	return late(ctx, s.Collection, organisers, before, page, groupbuy.Group.LateAt)
}

// GroupbuyCampaigns keeps campaigns.
type GroupbuyCampaigns struct {
	*Collection[groupbuy.Campaign]
}

func newGroupbuyCampaigns(ctx context.Context, db *DB) (GroupbuyCampaigns, error) {
	type c = groupbuy.Campaign
	all, err := NewCollection(ctx, db, "groupbuycampaign", Keys[c]{
		"organiser": func(k *c) any { return k.Organiser },
		"state":     func(k *c) any { return string(k.State) },
		"running":   func(k *c) any { return keyed(k.State == groupbuy.Active, k.Camp) },
		"at":        func(k *c) any { return k.CreatedAt },
	},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}}, Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "running", Fields: []string{"running", "at"}})
	return GroupbuyCampaigns{all}, err
}

// OfOrganiser implements groupbuy.Campaigns.
func (s GroupbuyCampaigns) OfOrganiser(ctx context.Context, organiser string, in groupbuy.State, page domain.Page) ([]groupbuy.Campaign, domain.Cursor, error) {
	return s.Find(ctx, narrowed("organiser", organiser, string(in)), page)
}

// Running implements groupbuy.Campaigns.
func (s GroupbuyCampaigns) Running(ctx context.Context, camp string, page domain.Page) ([]groupbuy.Campaign, domain.Cursor, error) {
	return s.Find(ctx, By("running").Equal(camp).Descending(), page)
}

var (
	_ groupbuy.Store     = Groupbuys{}
	_ groupbuy.Campaigns = GroupbuyCampaigns{}
)
