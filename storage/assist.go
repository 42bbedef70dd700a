package storage

import (
	"context"
	"errors"
	"iter"
	"time"

	"yingdi/domain"
	"yingdi/domain/assist"
)

// AssistStores are the collections of assists.
type AssistStores struct {
	Assists   Assists
	Campaigns AssistCampaigns
	Helpers   AssistHelpers
	Sources   Sources
	Tallies   Recounts[assist.Tally]
}

// NewAssists declares the collections.
func NewAssists(ctx context.Context, db *DB) (s AssistStores, err error) {
	var failures []error
	note := func(err error) { failures = append(failures, err) }
	s.Assists, err = newAssists(ctx, db)
	note(err)
	s.Campaigns, err = newAssistCampaigns(ctx, db)
	note(err)
	helpers, err := NewCollection(ctx, db, "assisthelper", Keys[assist.Helper]{
		"owned": func(h *assist.Helper) any { return h.Member },
	}, ofPerson)
	s.Helpers = AssistHelpers{helpers}
	note(err)
	s.Sources, err = newSources(ctx, db, "assistsource")
	note(err)
	s.Tallies, err = newRecounts[assist.Tally](ctx, db, "assisttally")
	note(err)
	return s, errors.Join(failures...)
}

// Assists keeps what people started.
type Assists struct {
	*Collection[assist.Assist]
}

func newAssists(ctx context.Context, db *DB) (Assists, error) {
	type a = assist.Assist
	all, err := NewCollection(ctx, db, "assist", Keys[a]{
		"owned":    func(k *a) any { return k.Member },
		"campaign": func(k *a) any { return k.Campaign },
		"state":    func(k *a) any { return string(k.State) },
		"started":  func(k *a) any { return k.StartedAt },
		"reached":  func(k *a) any { return k.ReachedAt },
		"ordered":  func(k *a) any { return k.OrderedAt },
		"used":     func(k *a) any { return k.UsedAt },
		"helps":    func(k *a) any { return int64(len(k.Helps)) },
		"took":     func(k *a) any { return int64(k.Took) },
		"paid":     func(k *a) any { return int64(k.Paid) },
		"back":     func(k *a) any { return int64(k.Back) },
		"wake":     func(k *a) any { return k.WakeAt },
	},
		Index{Name: "member", Fields: []string{"owned", "started"}},
		Index{Name: "campaign", Fields: []string{"campaign", "started"}}, Index{Name: "campaignstate", Fields: []string{"campaign", "state", "started"}},
		Index{Name: "facts", Fields: []string{"campaign", "started", "reached", "ordered", "used", "helps", "took", "paid", "back"}},
		Index{Name: "wake", Fields: []string{"wake"}}, ofPerson)
	return Assists{all}, err
}

// OfPerson implements privacy.Of.
func (s Assists) OfPerson(ctx context.Context, member string, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

// OfMember implements assist.Store.
func (s Assists) OfMember(ctx context.Context, member string, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(ctx, By("member").Equal(member).Descending(), page)
}

// OfCampaign implements assist.Store.
func (s Assists) OfCampaign(ctx context.Context, campaign string, in assist.Stage, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(ctx, narrowed("campaign", campaign, string(in)), page)
}

// CountIn implements assist.Store.
func (s Assists) CountIn(ctx context.Context, campaign string, in assist.Stage) (int64, error) {
	return s.Count(ctx, By("campaignstate").Equal(campaign, string(in)))
}

// Facts implements assist.Store.
func (s Assists) Facts(ctx context.Context, campaign string) iter.Seq2[assist.Fact, error] {
	return func(yield func(assist.Fact, error) bool) {
		for e, err := range s.Entries(ctx, By("facts").Equal(campaign)) {
			if err != nil {
				yield(assist.Fact{}, err)
				return
			}
			at := func(field string) (t time.Time) {
				if had := e.Fields[field]; had != nil {
					t = instant(had)
				}
				return t
			}
			f := assist.Fact{
				StartedAt: at("started"), ReachedAt: at("reached"), OrderedAt: at("ordered"), UsedAt: at("used"),
				Helps: int(number(e.Fields["helps"])), Took: domain.Fen(number(e.Fields["took"])), Paid: domain.Fen(number(e.Fields["paid"])),
				Back: domain.Fen(number(e.Fields["back"])),
			}
			if !yield(f, nil) {
				return
			}
		}
	}
}

// Waking implements assist.Store.
func (s Assists) Waking(ctx context.Context, before time.Time, page domain.Page) ([]assist.Assist, domain.Cursor, error) {
	return s.Find(ctx, By("wake").Range(nil, before), page)
}

// AssistCampaigns keeps campaigns.
type AssistCampaigns struct {
	*Collection[assist.Campaign]
}

func newAssistCampaigns(ctx context.Context, db *DB) (AssistCampaigns, error) {
	type c = assist.Campaign
	all, err := NewCollection(ctx, db, "assistcampaign", Keys[c]{
		"organiser": func(k *c) any { return k.Organiser },
		"state":     func(k *c) any { return string(k.State) },
		"running":   func(k *c) any { return keyed(k.State == assist.Active, k.Camp) },
		"at":        func(k *c) any { return k.CreatedAt },
	},
		Index{Name: "organiser", Fields: []string{"organiser", "at"}}, Index{Name: "organiserstate", Fields: []string{"organiser", "state", "at"}},
		Index{Name: "running", Fields: []string{"running", "at"}})
	return AssistCampaigns{all}, err
}

// OfOrganiser implements assist.Campaigns.
func (s AssistCampaigns) OfOrganiser(ctx context.Context, organiser string, in assist.State, page domain.Page) ([]assist.Campaign, domain.Cursor, error) {
	return s.Find(ctx, narrowed("organiser", organiser, string(in)), page)
}

// Running implements assist.Campaigns.
func (s AssistCampaigns) Running(ctx context.Context, camp string, page domain.Page) ([]assist.Campaign, domain.Cursor, error) {
	return s.Find(ctx, By("running").Equal(camp).Descending(), page)
}

// AssistHelpers keeps whom people helped.
type AssistHelpers struct {
	*Collection[assist.Helper]
}

// OfPerson implements privacy.Of.
func (s AssistHelpers) OfPerson(ctx context.Context, member string, page domain.Page) ([]assist.Helper, domain.Cursor, error) {
	return s.Find(ctx, By(ofPerson.Name).Equal(member), page)
}

var (
	_ assist.Store     = Assists{}
	_ assist.Campaigns = AssistCampaigns{}
)
