package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/checkin"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/product"
)

// BenchmarkPool settles the pool of a camp of 21 days, two thirds of whose learners have handed in every day and the others
// on the first ten, each with a paid order: SQLite. s/list is until the list is computed and frozen, s/told until every
// member knows what it says, s/pay until every refund and transfer has been asked for, s/idle how long it takes to see that none of them
// need be looked at, s/again to look at all of them once more, and s/verify and s/file to compute the list again from the facts and from an exported file. MB/…
// is the most that was in use of the heap while doing so, over what it held before.
func BenchmarkPool(b *testing.B) {
	for _, learners := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(learners), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				settlePool(b, learners)
				b.StartTimer()
			}
		})
	}
}

func settlePool(b *testing.B, learners int) {
	app := newBundle(b)
	_, id := app.person(b, "teacher")
	c, tasks := app.running(b, id, 10)
	s, system := app.services.Pools, domain.WithActor(b.Context(), domain.SystemActor)
	rules := pool.Rules{Version: 1, Days: 15, Of: 21, Appeal: 1, Decide: 1, FeePercent: 5}
	fresh := pool.Pool{Doc: domain.Doc{ID: c.ID}, Organiser: c.Organiser, State: pool.Closing, Rules: rules, Dates: rules.Dates(c)}
	paid := app.clock.Now()
	must := func(err error) {
		if err != nil {
			b.Helper()
			b.Fatal(err)
		}
	}
	must(s.Store.Insert(system, fresh))
	orders := s.Orders.(interface {
		Insert(context.Context, order.Order) error
	})
	parallel(b, learners, func(ctx context.Context, i int) error {
		who := fmt.Sprintf("m%06d", i)
		p := order.Promise{Kind: product.Scholarship, Title: c.Title, Lines: []order.Line{{Kind: order.LinePrice, Amount: 199_00}}, Part: 100_00, Rules: 1, LockAt: paid}
		o := order.Place("o"+who, c.Organiser, c.ID, who, p, order.JSAPI, paid)
		o.State, o.PaidAt, o.FulfilledAt, o.WakeAt = order.Fulfilled, paid, paid, time.Time{}
		o.Attempts = []order.Attempt{{Number: order.Number(o.ID, 1), Amount: o.Amount, State: order.Succeeded, PaidAt: paid}}
		if err := orders.Insert(ctx, o); err != nil {
			return err
		}
		return s.People.Insert(ctx, pool.Member{
			Doc: domain.Doc{ID: pool.ID(c.ID, who)}, Camp: c.ID, Organiser: c.Organiser, Member: who, Order: o.ID, Part: 100_00, Rules: 1, State: pool.In,
			Joined: c.Start, EnteredAt: paid,
		})
	})
	checkins := app.services.Checkins.Store
	parallel(b, learners*21, func(ctx context.Context, i int) error {
		n, day := i/learners, c.Start.Add(i/learners)
		who := fmt.Sprintf("m%06d", i%learners)
		if i%learners%3 == 0 && n >= 10 {
			return nil
		}
		return checkins.Insert(ctx, checkin.Checkin{
			Doc: domain.Doc{ID: checkin.ID(c.ID, who, tasks[n].ID, day)}, Camp: c.ID, Member: who, Task: tasks[n].ID, Day: day,
			State: checkin.Visible, SubmittedAt: c.Calendar.Start(day).Add(time.Hour), Text: "读了一段",
		})
	})
	app.clock.Set(c.Calendar.End(c.End.Add(3)))
	stage := func(name string, work func()) {
		var peak uint64
		stop, begun := watchHeap(&peak), time.Now()
		work()
		b.ReportMetric(time.Since(begun).Seconds(), "s/"+name)
		stop()
		b.ReportMetric(float64(peak)/(1<<20), "MB/"+name)
	}
	stage("list", func() {
		must(s.Drive(system, c.ID)) // orders the computation
		must(s.Work(system, c.ID))
	})
	stage("told", func() { must(s.Drive(system, c.ID)) })
	_, second := app.person(b, "second")
	if _, err := app.services.Organisers.Appoint(system, c.Organiser, second, "", domain.RoleManager); err != nil {
		b.Fatal(err)
	}
	owner := func(who string) context.Context {
		return domain.WithActor(b.Context(), domain.Actor{Member: who, Grants: []domain.Grant{{Scope: domain.ScopeOrganiser, ID: c.Organiser, Organiser: c.Organiser, Role: domain.RoleOwner}}})
	}
	for _, who := range []string{id, second} {
		if _, err := s.Sign(owner(who), c.ID); err != nil {
			b.Fatal(err)
		}
	}
	stage("pay", func() {
		must(s.Drive(system, c.ID)) // checks the list
		must(s.Drive(system, c.ID))
	})
	stage("idle", func() { must(s.Drive(system, c.ID)) })
	app.clock.Set(app.clock.Now().Add(10 * time.Minute))
	stage("again", func() { must(s.Drive(system, c.ID)) })
	set, err := s.Settlements.Get(system, c.ID)
	if err != nil || set.Sums.Members != learners || set.Sums.Winners == 0 || set.Sums.Winners == learners {
		b.Fatalf("%+v, %v", set.Sums, err)
	}
	verified := func(v pool.Verified, err error) {
		if err != nil || v.Differences != nil || v.Sums != set.Sums || v.Hash != set.Hash {
			b.Fatalf("%+v, %v", v, err)
		}
	}
	stage("verify", func() { verified(s.Verify(system, c.ID)) })
	file, err := os.Create(filepath.Join(b.TempDir(), "list.jsonl"))
	must(err)
	must(s.Export(owner(id), c.ID, file))
	must(file.Close())
	stage("file", func() {
		verified(pool.VerifyList(func() (pool.Settlement, iter.Seq2[pool.Line, error], error) { return openList(file.Name()) }))
	})
}
