package channel_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/domaintest"
)

// shelf is a bucket in memory, and weChat counts what it is asked for.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (s *shelf) Put(_ context.Context, key, _ string, body io.Reader, _ int64) error {
	file, err := io.ReadAll(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[key] = file
	return err
}

func (s *shelf) Read(_ context.Context, key string, _ int64) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	file, ok := s.files[key]
	if !ok {
		return nil, domain.ErrNotFound
	}
	return file, nil
}

type weChat struct {
	mu    sync.Mutex
	asked int
	down  error
	meets func() // called while WeChat makes up its answer
}

func (w *weChat) ask() (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	return w.asked, w.down
}

func (w *weChat) QR(ctx context.Context, scene, page string) ([]byte, error) {
	_, err := w.ask()
	if w.meets != nil {
		w.meets()
	}
	return []byte(scene + " " + page), errors.Join(err, ctx.Err())
}

func (w *weChat) Link(_ context.Context, path, query string) (string, error) {
	n, err := w.ask()
	return "https://wxaurl.cn/" + path + "?" + query + strings.Repeat("#", n), err
}

type world struct {
	*channel.Service
	scenes *domaintest.Store[channel.Scene]
	clock  *domaintest.Clock
	weChat *weChat
}

func newWorld(t *testing.T) *world {
	t.Helper()
	power := &domaintest.Power{}
	w := &world{scenes: domaintest.NewStore[channel.Scene](power), clock: domaintest.NewClock("2026-03-01T01:00:00Z"), weChat: &weChat{}}
	files := &shelf{files: map[string][]byte{}}
	w.Service = &channel.Service{Store: w.scenes, WeChat: w.weChat, Bucket: files, Files: files, Sealer: domaintest.Sealer(), Clock: w.clock}
	return w
}

// shared is the scene of a camp that somebody put out.
func (w *world) shared(t *testing.T) channel.Scene {
	t.Helper()
	id, err := w.For(t.Context(), channel.Target{Kind: channel.ToCamp, Camp: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	scene, err := w.Resolve(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

func TestASharedCampHasOneSceneForEachPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := w.ForShare(t.Context(), "c1", "ann"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	mine, err := w.ForShare(t.Context(), "c1", "ann")
	if err != nil || len(w.scenes.All(nil)) != 1 {
		t.Fatalf("%d scenes, %v", len(w.scenes.All(nil)), err)
	}
	for _, other := range [][2]string{{"c1", "bob"}, {"c2", "ann"}} {
		if scene, err := w.ForShare(t.Context(), other[0], other[1]); err != nil || scene == mine {
			t.Errorf("%v: %s, %v", other, scene, err)
		}
	}
	if len(mine) > 32 || !domain.ValidID(mine) || strings.Contains(mine, "ann") {
		t.Errorf("WeChat takes 32 characters, and they must tell nothing: %s", mine)
	}
	scene, err := w.Resolve(t.Context(), mine)
	if err != nil || scene.Camp != "c1" || scene.Member != "ann" {
		t.Errorf("%+v, %v", scene, err)
	}
	if _, err := w.Resolve(t.Context(), "nothere"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestEveryTargetHasASceneOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seen := map[string]channel.Target{}
	for _, target := range []channel.Target{
		{Kind: channel.ToCamp, Camp: "c1"}, {Kind: channel.ToCamp, Camp: "c1", Member: "ann"}, {Kind: channel.ToCamp, Camp: "c1", Channel: "k1"},
		{Kind: channel.ToInvite, Camp: "c1", Member: "ann"}, {Kind: channel.ToGroup, Camp: "c1", Ref: "g1"},
		{Kind: channel.ToGroup, Camp: "c1", Ref: "g1", Member: "ann"}, {Kind: channel.ToAssist, Camp: "c1", Ref: "g1"},
		{Kind: channel.ToChannel, Channel: "k1"}, {Kind: channel.ToChannel, Channel: "k1", Camp: "c1"},
	} {
		id, err := w.For(t.Context(), target)
		if err != nil || len(id) > 32 || seen[id] != (channel.Target{}) {
			t.Errorf("%+v has scene %q, as %+v; %v", target, id, seen[id], err)
		}
		seen[id] = target
		if got, err := w.Resolve(t.Context(), id); err != nil || got.Target != target || got.Page() == "" {
			t.Errorf("%+v leads to %+v, %v", target, got, err)
		}
	}
	for _, bad := range []channel.Target{
		{}, {Kind: "other", Camp: "c1"}, {Kind: channel.ToCamp}, {Kind: channel.ToGroup, Camp: "c1"}, {Kind: channel.ToChannel},
		{Kind: channel.ToCamp, Camp: "c|1"},
	} {
		if _, err := w.For(t.Context(), bad); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestASceneFromAnEarlierVersionLeadsToItsCamp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.scenes.Insert(t.Context(), channel.Scene{Doc: domain.Doc{ID: "old"}, Target: channel.Target{Camp: "c1", Member: "ann"}}); err != nil {
		t.Fatal(err)
	}
	if scene, err := w.Resolve(t.Context(), "old"); err != nil || scene.Kind != channel.ToCamp || scene.Page() != "pages/camp/camp" {
		t.Errorf("%+v, %v", scene, err)
	}
}

func TestWeChatIsAskedOnceForALinkHoweverManyCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id, err := w.For(t.Context(), channel.Target{Kind: channel.ToCamp, Camp: "c1"})
	if err != nil {
		t.Fatal(err)
	}
	link := func() string {
		scene, err := w.Resolve(t.Context(), id)
		if err != nil {
			t.Error(err)
		}
		got, err := w.Link(t.Context(), scene)
		if err != nil && !errors.Is(err, channel.ErrNotYet) {
			t.Error(err)
		}
		return got
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { link() })
	}
	wg.Wait()
	first := link()
	if w.weChat.asked != 1 || !strings.HasPrefix(first, "https://wxaurl.cn/pages/camp/camp?scene="+id) {
		t.Errorf("asked %d times, for %s", w.weChat.asked, first)
	}
	w.clock.Add(24 * 24 * time.Hour)
	if link() != first {
		t.Error("a link that still works was thrown away")
	}
	w.clock.Add(2 * 24 * time.Hour)
	if link() == first || w.weChat.asked != 2 {
		t.Errorf("a link that soon ends was kept, or WeChat asked %d times", w.weChat.asked)
	}
}

func TestAWeChatThatIsDownIsNotAskedByEveryVisitor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene := w.shared(t)
	w.weChat.down = domain.ErrUnavailable
	for range 5 {
		if _, err := w.Link(t.Context(), scene); !errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, channel.ErrNotYet) {
			t.Error(err)
		}
		if _, err := w.Code(t.Context(), scene); err == nil {
			t.Error("a code from nowhere")
		}
	}
	if w.weChat.asked != 2 {
		t.Errorf("asked %d times for a link and a code", w.weChat.asked)
	}
	w.weChat.down = nil
	w.clock.Add(time.Minute)
	first, err := w.Code(t.Context(), scene)
	if err != nil || !bytes.HasPrefix(first, []byte(scene.ID)) {
		t.Errorf("%s, %v", first, err)
	}
	if again, err := w.Code(t.Context(), scene); err != nil || !bytes.Equal(again, first) || w.weChat.asked != 3 {
		t.Errorf("%s after %d times, %v", again, w.weChat.asked, err)
	}
}

// WeChat refuses links for the account of a private person, each time and for ever.
func TestACodeComesThoughThereIsNeverALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene := w.shared(t)
	w.weChat.down = domain.ErrForbidden
	if _, err := w.Link(t.Context(), scene); !errors.Is(err, domain.ErrForbidden) {
		t.Fatal(err)
	}
	w.weChat.down = nil
	if code, err := w.Code(t.Context(), scene); err != nil || len(code) == 0 {
		t.Errorf("no code: %v", err)
	}
}

func TestACodeIsKeptAlsoIfWhoeverAskedForItLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	scene := w.shared(t)
	ctx, leave := context.WithCancel(t.Context())
	w.weChat.meets = leave
	if _, err := w.Code(ctx, scene); err != nil {
		t.Fatal(err)
	}
	if code, err := w.Code(t.Context(), scene); err != nil || len(code) == 0 || w.weChat.asked != 1 {
		t.Errorf("asked %d times, %v", w.weChat.asked, err)
	}
}
