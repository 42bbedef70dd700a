package storagetest

import (
	"fmt"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/order"
	"yingdi/domain/payment"
	"yingdi/domain/pool"
	"yingdi/domain/product"
	"yingdi/domain/wallet"
	"yingdi/storage"
)

// bought is an order of a camp that was made so many hours after noon.
func bought(id, camp, member string, state order.State, hours int) order.Order {
	return order.Order{
		Doc: doc(id), Camp: camp, Organiser: "g1", Member: member, State: state, Amount: 9900,
		CreatedAt: noon.Add(time.Duration(hours) * time.Hour), WakeAt: noon.Add(time.Duration(-hours) * time.Hour),
	}
}

// moneyTests are featureTests of what has to do with money.
var moneyTests = tests{
	"orders are listed by camp, state, person and organiser, and by who must be woken": func(s *suite, t *testing.T) {
		orders, err := storage.NewOrders(t.Context(), s.db(t))
		must(t, err)
		for i, state := range []order.State{order.Pending, order.Paid, order.Pending, order.Paid, order.Paid} {
			must(t, orders.Insert(t.Context(), bought(fmt.Sprint("o", i), "c1", fmt.Sprint("m", i%3), state, i)))
		}
		must(t, orders.Insert(t.Context(), bought("other", "c2", "m0", order.Pending, 9)))
		list := func(of func(domain.Page) ([]order.Order, domain.Cursor, error), want ...string) {
			t.Helper()
			same(t, pagesOf(t, 2, of), want)
		}
		list(func(p domain.Page) ([]order.Order, domain.Cursor, error) {
			return orders.ByCamp(t.Context(), "c1", "", p)
		}, "o4", "o3", "o2", "o1", "o0")
		list(func(p domain.Page) ([]order.Order, domain.Cursor, error) {
			return orders.ByCamp(t.Context(), "c1", order.Paid, p)
		}, "o4", "o3", "o1")
		list(func(p domain.Page) ([]order.Order, domain.Cursor, error) {
			return orders.ByMember(t.Context(), "m0", p)
		}, "other", "o3", "o0")
		list(func(p domain.Page) ([]order.Order, domain.Cursor, error) {
			return orders.ByOrganiser(t.Context(), "g1", order.Pending, p)
		}, "other", "o2", "o0")
		list(func(p domain.Page) ([]order.Order, domain.Cursor, error) {
			return orders.Waking(t.Context(), noon.Add(-2*time.Hour), p)
		}, "other", "o4", "o3")
	},
	"a person has one order for a camp that waits for its payment": func(s *suite, t *testing.T) {
		orders, err := storage.NewOrders(t.Context(), s.db(t))
		must(t, err)
		must(t, orders.Insert(t.Context(), bought("o1", "c1", "m1", order.Pending, 0)))
		refusedWith(t, orders.Insert(t.Context(), bought("o2", "c1", "m1", order.Pending, 1)), domain.ErrExists)
		must(t, orders.Insert(t.Context(), bought("o3", "c2", "m1", order.Pending, 1)))
		found, err := orders.Pending(t.Context(), "c1", "m1")
		must(t, err)
		same(t, found.ID, "o1")
		_, err = orders.Update(t.Context(), "o1", func(o *order.Order) error {
			o.State = order.Paid
			return nil
		})
		must(t, err)
		_, err = orders.Pending(t.Context(), "c1", "m1")
		refusedWith(t, err, domain.ErrNotFound)
		must(t, orders.Insert(t.Context(), bought("o2", "c1", "m1", order.Pending, 1)))
	},
	"what a person must look at is listed of some organisers, of all, or of none": func(s *suite, t *testing.T) {
		orders, err := storage.NewOrders(t.Context(), s.db(t))
		must(t, err)
		for i := range 4 {
			o := bought(fmt.Sprint("o", i), "c1", fmt.Sprint("m", i), order.Paid, i)
			o.Organiser = fmt.Sprint("g", i%3)
			o.Trouble = []order.Trouble{{Kind: order.RefundAbnormal, At: noon}}
			must(t, orders.Insert(t.Context(), o))
		}
		for _, c := range []struct{ organisers, want []string }{
			{nil, []string{"o0", "o3", "o1", "o2"}}, {[]string{"g0", "g2"}, []string{"o0", "o3", "o2"}}, {[]string{}, []string{}},
		} {
			same(t, pagesOf(t, 2, func(p domain.Page) ([]order.Order, domain.Cursor, error) {
				return orders.Troubled(t.Context(), c.organisers, p)
			}), c.want)
		}
	},
	"withdrawals, pools and their members that wait for a person are found": func(s *suite, t *testing.T) {
		db := s.db(t)
		_, _, withdrawals, err := storage.NewWallets(t.Context(), db)
		must(t, err)
		for i, state := range []wallet.State{wallet.Applied, wallet.Transferring, wallet.Failed} {
			must(t, withdrawals.Insert(t.Context(), wallet.Withdrawal{Doc: doc(fmt.Sprint("w", i)), Organiser: "g1", State: state, At: noon}))
		}
		same(t, pagesOf(t, 1, func(p domain.Page) ([]wallet.Withdrawal, domain.Cursor, error) {
			return withdrawals.Waiting(t.Context(), []string{"g1"}, p)
		}), []string{"w0", "w2"})
		at, err := storage.NewPools(t.Context(), db)
		must(t, err)
		for i, state := range []pool.State{pool.Open, pool.Computed, pool.Settled} {
			must(t, at.Pools.Insert(t.Context(), pool.Pool{Doc: doc(fmt.Sprint("p", i)), Organiser: "g1", State: state}))
			leg := pool.Leg{Amount: 1, State: pool.LegFailed, Refused: i > 0}
			if i == 2 {
				leg.Help = pool.Help{By: "boss", At: noon}
			}
			must(t, at.Members.Insert(t.Context(), pool.Member{Doc: doc(pool.ID("p1", fmt.Sprint("m", i))), Camp: "p1", Organiser: "g1", Own: leg}))
		}
		same(t, pagesOf(t, 1, func(p domain.Page) ([]pool.Pool, domain.Cursor, error) {
			return at.Pools.Halting(t.Context(), nil, p)
		}), []string{"p1"})
		same(t, pagesOf(t, 1, func(p domain.Page) ([]pool.Member, domain.Cursor, error) {
			return at.Members.Helpless(t.Context(), []string{"g1"}, p)
		}), []string{"p1:m1"})
	},
	"a notice of a payment is kept once and forgotten in time, and a camp has one price list": func(s *suite, t *testing.T) {
		db := s.db(t)
		payments, err := storage.NewPayments(t.Context(), db)
		must(t, err)
		for i := range 3 {
			must(t, payments.Insert(t.Context(), payment.Notice{Doc: doc(fmt.Sprint("n", i)), Number: "o1", At: noon, Until: noon.Add(time.Duration(i) * time.Hour)}))
		}
		refusedWith(t, payments.Insert(t.Context(), payment.Notice{Doc: doc("n1"), Number: "o2", At: noon}), domain.ErrExists)
		same(t, pagesOf(t, 2, func(p domain.Page) ([]payment.Notice, domain.Cursor, error) {
			return payments.Ended(t.Context(), noon.Add(2*time.Hour), p)
		}), []string{"n0", "n1"})
		products, err := storage.NewProducts(t.Context(), db)
		must(t, err)
		must(t, products.Insert(t.Context(), product.Product{Doc: doc("c1")}))
		refusedWith(t, products.Insert(t.Context(), product.Product{Doc: doc("c1")}), domain.ErrExists)
	},
}
