package source_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/source"
)

var (
	errFull = errors.New("full")
	rules   = source.Rules{
		Name: "feast", Crowd: 3, Crowded: "同桌", Twins: 2, Twinned: "同来", Burst: 3, Within: 10 * time.Second, Rushed: "入席", Owned: "用主人的手机", Full: errFull,
	}
	noon = time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
)

func newBook() source.Book {
	return source.Book{Rules: rules, Store: domaintest.Sources[source.Source]{Store: domaintest.NewStore[source.Source](&domaintest.Power{})}, Sealer: domaintest.Sealer()}
}

func from(t *testing.T, who, network, device string) context.Context {
	t.Helper()
	return domain.WithActor(t.Context(), domain.Actor{Member: who, Network: network, Device: device})
}

func odd(t *testing.T, b source.Book, of string) []source.Source {
	t.Helper()
	list, _, err := b.Store.Odd(t.Context(), of, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestASourceSaysWhatIsOddAboutIt(t *testing.T) {
	t.Parallel()
	type take struct {
		who, of string
		after   time.Duration
	}
	for _, c := range []struct {
		name    string
		network string
		device  string
		own     bool
		takes   []take
		want    []string
	}{
		{name: "few from one address", network: "n", takes: []take{{"an", "", 0}, {"bo", "", time.Hour}}},
		{name: "a crowd", network: "n", takes: []take{{"an", "", 0}, {"bo", "", time.Hour}, {"cy", "", time.Hour}}, want: []string{"同一网络地址有 3 个账号同桌"}},
		{name: "a crowd that is none, at several tables", network: "n", takes: []take{{"an", "1", 0}, {"bo", "2", time.Hour}, {"cy", "1", time.Hour}}},
		{name: "one person three times", network: "n", takes: []take{{"an", "1", 0}, {"an", "1", 0}, {"an", "1", 0}}},
		{name: "two on one device", device: "d", takes: []take{{"an", "1", 0}, {"bo", "2", time.Hour}}, want: []string{"同一台设备有 2 个账号同来"}},
		{name: "on the host's own", device: "d", own: true, takes: []take{{"an", "", 0}}, want: []string{"有 1 个账号用主人的手机"}},
		{name: "faster than people are", network: "n", takes: []take{{"an", "1", 0}, {"bo", "2", 4 * time.Second}, {"cy", "3", 4 * time.Second}, {"di", "4", time.Hour}},
			want: []string{"3 个账号在 9 秒内接连入席，快得不像人在操作"}},
		{name: "just not", network: "n", takes: []take{{"an", "1", 0}, {"bo", "2", 5 * time.Second}, {"cy", "3", 6 * time.Second}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, at := newBook(), noon
			in := source.Into{ID: "t1"}
			if c.own {
				in.Own = b.Mark(source.Device, "t1", c.device)
			}
			for i, k := range c.takes {
				at = at.Add(k.after)
				if err := b.Note(from(t, k.who, c.network, c.device), in, source.Take{ID: fmt.Sprint(i), Of: k.of, Member: k.who, At: at}); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, s := range odd(t, b, "t1") {
				got = append(got, s.Signals...)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSoManyTakePartFromOnePlaceAndNoMore(t *testing.T) {
	t.Parallel()
	b := newBook()
	in := source.Into{ID: "o1:host", Network: 2, Device: 1}
	for _, c := range []struct {
		who, network, device string
		want                 error
	}{
		{"an", "n1", "d1", nil}, {"an", "n1", "d1", nil}, // again changes nothing
		{"bo", "n1", "d1", errFull}, {"bo", "n1", "d2", nil}, {"cy", "n1", "d3", errFull}, {"cy", "n2", "d3", nil}, {"di", "", "", nil},
	} {
		if err := b.Note(from(t, c.who, c.network, c.device), in, source.Take{Member: c.who, At: noon}); !errors.Is(err, c.want) {
			t.Errorf("%s at %s with %s: %v, want %v", c.who, c.network, c.device, err, c.want)
		}
	}
	free := source.Into{ID: "t2"}
	for i := range source.Max + 5 {
		who := fmt.Sprint("m", i)
		if err := b.Note(from(t, who, "n1", ""), free, source.Take{Member: who, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if list := odd(t, b, "t2"); len(list) != 1 || len(list[0].Takes) != source.Max {
		t.Errorf("%d sources", len(list))
	}
}

func TestWhatWasLookedAtStaysQuietUntilMoreComes(t *testing.T) {
	t.Parallel()
	b := newBook()
	in := source.Into{ID: "o1:host"}
	note := func(who string) {
		if err := b.Note(from(t, who, "", "d1"), in, source.Take{Member: who, At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	note("an")
	note("bo")
	list := odd(t, b, "o1")
	if len(list) != 1 || list[0].Of() != "o1" || list[0].By() != "host" {
		t.Fatalf("%+v", list)
	}
	staff := from(t, "staff", "", "")
	if _, err := b.See(staff, "o2", list[0].ID, noon); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	seen, err := b.See(staff, "o1", list[0].ID, noon)
	if err != nil || seen.SeenBy != "staff" || seen.Seen != 2 || len(odd(t, b, "o1")) != 0 {
		t.Errorf("%+v %v", seen, err)
	}
	if note("cy"); len(odd(t, b, "o1")) != 1 {
		t.Error("one more came, and nobody hears of it")
	}
}
