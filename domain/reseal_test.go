package domain_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
)

type safe struct {
	domain.Doc
	Phone string `json:"phone"`
	Key   string `json:"key"`
}

func (s *safe) seals() []domain.Sealed {
	return []domain.Sealed{{Purpose: "phone", Value: &s.Phone}, {Purpose: "key", Value: &s.Key}}
}

// safes is a collection with so many documents that the given key sealed.
func safes(t *testing.T, n int, by *domain.Sealer) (*domaintest.Store[safe], *domaintest.Power, domain.Vault) {
	t.Helper()
	power := &domaintest.Power{}
	store := domaintest.NewStore[safe](power)
	for i := range n {
		doc := safe{Doc: domain.Doc{ID: fmt.Sprint("s", i)}, Phone: by.Seal("phone", fmt.Sprint("138", i))}
		if i%2 == 0 {
			doc.Key = by.Seal("key", "k")
		}
		if err := store.Insert(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
	}
	each := func(ctx context.Context) iter.Seq2[safe, error] {
		return func(yield func(safe, error) bool) {
			for _, doc := range store.All(func(safe) bool { return true }) {
				if ctx.Err() != nil || !yield(doc, nil) {
					return
				}
			}
		}
	}
	return store, power, domain.VaultOf[safe]{Collection: "safe", Store: store, Each: each, Sealed: (*safe).seals}
}

// opens counts the values that a key opens and those that it does not.
func opens(t *testing.T, store *domaintest.Store[safe], by *domain.Sealer) (yes, no int) {
	t.Helper()
	for i, doc := range store.All(func(safe) bool { return true }) {
		if _, err := by.Open("phone", doc.Phone); err != nil {
			no++
		} else {
			yes++
		}
		if doc.Key == "" {
			continue
		}
		if plain, err := by.Open("key", doc.Key); err != nil {
			no++
		} else if yes++; plain != "k" {
			t.Errorf("document %d holds %q", i, plain)
		}
	}
	return yes, no
}

func silent(domain.Resealed) {}

func TestResealingGoesOnWhereItDied(t *testing.T) {
	t.Parallel()
	before, both, after := sealer(t, key("a")), sealer(t, key("b"), key("a")), sealer(t, key("b"))
	for _, written := range []bool{false, true} {
		for cut := 1; cut <= 10; cut++ {
			store, power, vault := safes(t, 10, before)
			power.Cut(cut, written)
			if _, err := vault.Reseal(t.Context(), both, silent); err == nil || !power.Restore() {
				t.Fatalf("it never died: %v", err)
			}
			if yes, no := opens(t, store, both); yes != 15 || no != 0 {
				t.Fatalf("half way %d values open and %d do not", yes, no)
			}
			_, left := opens(t, store, after)
			done, err := vault.Reseal(t.Context(), both, silent)
			if diff := cmp.Diff(domain.Resealed{Documents: 10, Again: left}, done); diff != "" || err != nil {
				t.Errorf("cut at %d: %s %v", cut, diff, err)
			}
			if yes, no := opens(t, store, after); yes != 15 || no != 0 {
				t.Errorf("%d values open without the old key, %d do not", yes, no)
			}
			if done, err := vault.Reseal(t.Context(), both, silent); err != nil || done.Again > 0 {
				t.Errorf("once more: %+v, %v", done, err)
			}
		}
	}
}

func TestWhatNoKeyOpensIsToldAndLeftAlone(t *testing.T) {
	t.Parallel()
	store, _, vault := safes(t, 1, sealer(t, key("l")))
	if err := store.Insert(t.Context(), safe{Doc: domain.Doc{ID: "fine"}, Phone: sealer(t, key("a")).Seal("phone", "1")}); err != nil {
		t.Fatal(err)
	}
	was, _ := store.Get(t.Context(), "s0")
	done, err := vault.Reseal(t.Context(), sealer(t, key("b"), key("a")), silent)
	if diff := cmp.Diff(domain.Resealed{Documents: 2, Again: 1, Lost: 2, LostID: "s0"}, done); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
	if now, _ := store.Get(t.Context(), "s0"); now.Phone != was.Phone || now.Key != was.Key {
		t.Error("what could not be opened was changed")
	}
}

func TestADocumentThatIsDeletedWhileOthersAreResealed(t *testing.T) {
	t.Parallel()
	store, _, vault := safes(t, 3, sealer(t, key("a")))
	v := vault.(domain.VaultOf[safe])
	each := v.Each
	v.Each = func(ctx context.Context) iter.Seq2[safe, error] {
		return func(yield func(safe, error) bool) {
			for doc, err := range each(ctx) {
				if doc.ID == "s1" {
					if err := store.Delete(ctx, "s1"); err != nil {
						t.Error(err)
					}
				}
				if !yield(doc, err) {
					return
				}
			}
		}
	}
	done, err := v.Reseal(t.Context(), sealer(t, key("b"), key("a")), silent)
	if diff := cmp.Diff(domain.Resealed{Documents: 3, Again: 4}, done); diff != "" || err != nil {
		t.Errorf("%s %v", diff, err)
	}
}
