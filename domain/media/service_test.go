package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"yingdi/domain"
	"yingdi/domain/domaintest"
	"yingdi/domain/media"
	"yingdi/domain/wechat"
)

type store struct{ *domaintest.Store[media.Media] }

func (s store) ByTrace(_ context.Context, trace string) (media.Media, error) {
	for _, m := range s.All(func(m media.Media) bool { return m.Trace == trace }) {
		return m, nil
	}
	return media.Media{}, domain.ErrNotFound
}

func (s store) Orphans(_ context.Context, before time.Time, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(func(m media.Media) bool { return !m.OrphanAt.IsZero() && m.OrphanAt.Before(before) }, nil, page)
}

func (s store) Unanswered(_ context.Context, before time.Time, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(func(m media.Media) bool { return !m.CheckDueAt.IsZero() && m.CheckDueAt.Before(before) }, nil, page)
}

func (s store) Undrawn(_ context.Context, contentType string, page domain.Page) ([]media.Media, domain.Cursor, error) {
	return s.Find(func(m media.Media) bool { return m.Undrawn() && m.ContentType == contentType }, nil, page)
}

// bucket keeps bytes in memory.
type bucket struct {
	mu    sync.Mutex
	files map[string][]byte
}

func (b *bucket) SignUpload(_ context.Context, key, contentType string, maxSize int64, expires time.Time) (media.Form, error) {
	return media.Form{Method: "POST", Fields: map[string]string{"key": key, "type": contentType, "max": fmt.Sprint(maxSize)}}, nil
}

func (b *bucket) SignDownload(_ context.Context, key, _ string, expires time.Time) (string, error) {
	return key + "?until=" + expires.Format(time.RFC3339), nil
}

func (b *bucket) Open(_ context.Context, key string) (media.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.files[key]
	if !ok {
		return media.Object{}, domain.ErrNotFound
	}
	return media.Object{ReadSeekCloser: closer{bytes.NewReader(body)}, Size: int64(len(body))}, nil
}

type closer struct{ io.ReadSeeker }

func (closer) Close() error { return nil }

func (b *bucket) Put(_ context.Context, key, _ string, body io.Reader, _ int64) error {
	raw, err := io.ReadAll(body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.files[key] = raw
	return err
}

func (b *bucket) Move(_ context.Context, from, to string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.files[from]
	if !ok {
		return domain.ErrNotFound
	}
	if _, taken := b.files[to]; !taken {
		b.files[to] = body
	}
	delete(b.files, from)
	return nil
}

func (b *bucket) Delete(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.files, key)
	return nil
}

func (b *bucket) Ping(context.Context) error { return nil }

func (b *bucket) keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Sorted(maps.Keys(b.files))
}

// weChat hands out traces, or the error that it is set to.
type weChat struct {
	mu    sync.Mutex
	asked int
	err   error
}

func (w *weChat) CheckMedia(_ context.Context, openID, url string, _ wechat.MediaKind) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	return fmt.Sprint("trace", w.asked), w.err
}

type members struct{}

func (members) OpenID(_ context.Context, id string) (string, error) {
	if id == "admin" {
		return "", domain.ErrNotFound
	}
	return "openid-" + id, nil
}

type thumbs struct{}

func (t thumbs) Scaled(ctx context.Context, picture io.ReadSeeker, _ int) ([]byte, error) {
	return t.Thumbnail(ctx, picture)
}

func (thumbs) Thumbnail(context.Context, io.ReadSeeker) ([]byte, error) { return []byte("small"), nil }

type world struct {
	*media.Service
	store  store
	bucket *bucket
	wechat *weChat
	clock  *domaintest.Clock
	power  *domaintest.Power
}

func newWorld() world {
	w := world{
		bucket: &bucket{files: map[string][]byte{}}, wechat: &weChat{}, clock: domaintest.NewClock("2026-03-01T12:00:00Z"), power: &domaintest.Power{},
	}
	w.store = store{domaintest.NewStore[media.Media](w.power)}
	w.Service = &media.Service{
		Store: w.store, Bucket: w.bucket, WeChat: w.wechat, Members: members{}, Thumbs: thumbs{}, Previews: &previews{}, IDs: &domaintest.IDs{}, Clock: w.clock,
	}
	return w
}

func as(t testing.TB, name string) context.Context {
	return domain.WithActor(t.Context(), domain.Actor{Member: name})
}

func picture(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// upload announces a picture of ann's and sends the given bytes.
func (w world) upload(t testing.TB, body []byte) media.Media {
	t.Helper()
	m, form, err := w.Begin(as(t, "ann"), media.Announcement{Kind: media.Image, ContentType: "image/jpeg", Size: max(1, int64(len(body)))})
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		w.bucket.Put(t.Context(), form.Fields["key"], "", bytes.NewReader(body), 0)
	}
	return m
}

func (w world) ready(t testing.TB) media.Media {
	t.Helper()
	m, err := w.Complete(as(t, "ann"), w.upload(t, picture(t)).ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (w world) get(t testing.TB, id string) media.Media {
	t.Helper()
	m, err := w.store.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnUploadIsTakenOutOfTheClientsReachAndLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	body := picture(t)
	m := w.upload(t, body)
	got, err := w.Complete(as(t, "ann"), m.ID)
	if err != nil || got.State != media.Ready || got.Width != 40 || got.Height != 30 || got.Size != int64(len(body)) {
		t.Fatalf("%+v, %v", got, err)
	}
	w.bucket.Put(t.Context(), m.IncomingKey(), "", strings.NewReader("<html>"), 0) // the form still works for a while
	again, err := w.Complete(as(t, "ann"), m.ID)
	if diff := cmp.Diff(got, again); err != nil || diff != "" {
		t.Errorf("%v (-first +again)\n%s", err, diff)
	}
	if kept := w.bucket.files[m.Key()]; !bytes.Equal(kept, body) {
		t.Error("what was looked at is not what is kept")
	}
}

func TestTwentyCompletionsAtOnceAreOneEvent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m := w.upload(t, picture(t))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if got, err := w.Complete(as(t, "ann"), m.ID); err != nil || got.State != media.Ready {
				t.Errorf("%s, %v", got.State, err)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff([]string{media.EventReady}, w.store.Events(m.ID)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestACompletionGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	for _, done := range []bool{false, true} {
		w := newWorld()
		m := w.upload(t, picture(t))
		w.power.Cut(1, done)
		if _, err := w.Complete(as(t, "ann"), m.ID); !errors.Is(err, domaintest.ErrDead) {
			t.Fatal(err)
		}
		w.power.Restore()
		if got, err := w.Complete(as(t, "ann"), m.ID); err != nil || got.State != media.Ready || len(w.store.Events(m.ID)) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestWhatIsNotAPictureIsRefused(t *testing.T) {
	t.Parallel()
	for name, body := range map[string][]byte{
		"a page renamed":                     []byte("<html><script>alert(1)</script>"),
		"a page behind a picture's head":     []byte("\xff\xd8\xff\xe0<html><script>alert(1)</script>"),
		"a program renamed":                  []byte("MZ\x90\x00\x03"),
		"a picture of another kind":          []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55"),
		"a picture that breaks off too soon": picture(t)[:10],
	} {
		w := newWorld()
		m := w.upload(t, body)
		for range 2 {
			if _, err := w.Complete(as(t, "ann"), m.ID); !errors.Is(err, media.ErrNotReal) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := w.Usable(t.Context(), "ann", []string{m.ID}); !errors.Is(err, media.ErrUnusable) {
			t.Errorf("%s can be used: %v", name, err)
		}
	}
	w := newWorld()
	m := w.upload(t, nil)
	if _, err := w.Complete(as(t, "ann"), m.ID); !errors.Is(err, media.ErrNotUploaded) {
		t.Errorf("nothing was sent: %v", err)
	}
	if _, err := w.Complete(as(t, "bob"), m.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("another's upload: %v", err)
	}
	if _, _, err := w.Begin(t.Context(), media.Announcement{}); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("nobody: %v", err)
	}
}

func TestOnlyOnesOwnCompleteFilesAreUsable(t *testing.T) {
	t.Parallel()
	w := newWorld()
	mine, pending := w.ready(t), w.upload(t, nil)
	for name, c := range map[string]struct {
		owner string
		ids   []string
		want  error
	}{
		"none":             {"ann", nil, nil},
		"one's own":        {"ann", []string{mine.ID}, nil},
		"another's":        {"bob", []string{mine.ID}, media.ErrUnusable},
		"not yet there":    {"ann", []string{mine.ID, pending.ID}, media.ErrUnusable},
		"one never heard ": {"ann", []string{"ghost"}, media.ErrUnusable},
	} {
		if err := w.Usable(t.Context(), c.owner, c.ids); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.OwnPicture(t.Context(), "ann", mine.ID); err != nil {
		t.Error(err)
	}
	if err := w.Decide(t.Context(), []string{mine.ID}, media.Rejected); err != nil {
		t.Fatal(err)
	}
	if err := w.OwnPicture(t.Context(), "ann", mine.ID); !errors.Is(err, media.ErrUnusable) {
		t.Errorf("a picture that was rejected: %v", err)
	}
}

func TestOrphansAreSweptAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld()
	orphan, used, never := w.ready(t), w.ready(t), w.upload(t, nil)
	if err := w.Keep(t.Context(), "checkin_x", []string{used.ID}); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(media.OrphanLife)
	if err := w.SweepOrphans(t.Context()); err != nil || len(w.store.All(nil)) != 3 {
		t.Fatalf("too early: %v", err)
	}
	w.clock.Add(time.Second)
	for range 2 {
		if err := w.SweepOrphans(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{used.Key()}, w.bucket.keys()); diff != "" {
		t.Errorf("of %s, %s, %s (-want +got)\n%s", orphan.ID, used.ID, never.ID, diff)
	}
	if left := w.store.All(nil); len(left) != 1 || left[0].ID != used.ID {
		t.Errorf("left: %+v", left)
	}
}

func TestWhatWasReplacedIsLetGo(t *testing.T) {
	t.Parallel()
	w := newWorld()
	old, fresh := w.ready(t), w.ready(t)
	in := func(id string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return id, nil }
	}
	if err := errors.Join(w.Keep(t.Context(), "camp_x", []string{old.ID}), w.Keep(t.Context(), "camp_y", []string{old.ID})); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Replace(t.Context(), "camp_x", old.ID, in(fresh.ID)); err != nil {
			t.Fatal(err)
		}
	}
	refs := func(id string) []string { return w.store.All(func(m media.Media) bool { return m.ID == id })[0].Refs }
	if diff := cmp.Diff([]string{"camp_y", "camp_x"}, append(refs(old.ID), refs(fresh.ID)...)); diff != "" {
		t.Errorf("what uses the two (-want +got)\n%s", diff)
	}
	if err := w.Replace(t.Context(), "camp_y", old.ID, in("")); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(media.OrphanLife + time.Second)
	if err := w.SweepOrphans(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{fresh.Key()}, w.bucket.keys()); diff != "" {
		t.Errorf("left (-want +got)\n%s", diff)
	}
	if err := w.Release(t.Context(), "camp_x", []string{old.ID}); err != nil {
		t.Errorf("a picture that is gone: %v", err)
	}
}

// The job lets go of the old picture while its owner chooses it again.
func TestAPictureThatCameBackWhileItWasLetGoIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld()
	old, other := w.ready(t), w.ready(t)
	if err := w.Keep(t.Context(), "member_ann", []string{old.ID}); err != nil {
		t.Fatal(err)
	}
	asked := 0
	err := w.Replace(t.Context(), "member_ann", old.ID, func(context.Context) (string, error) {
		if asked++; asked == 1 {
			return other.ID, nil
		}
		return old.ID, nil
	})
	m, _ := w.store.Get(t.Context(), old.ID)
	if err != nil || len(m.Refs) != 1 || m.State != media.Ready {
		t.Errorf("%+v, %v", m, err)
	}
}

// A file that lay for almost a day is handed in, and the sweeper comes before the job that notes the use.
func TestAFileThatWasJustHandedInIsNotSweptBeforeItsUseIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m := w.ready(t)
	w.clock.Add(media.OrphanLife - time.Second)
	if err := w.Usable(t.Context(), "ann", []string{m.ID}); err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Minute)
	if err := w.SweepOrphans(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(t.Context(), "checkin_x", []string{m.ID}); err != nil {
		t.Errorf("the learner's picture is gone: %v", err)
	}
}

func TestTheSweeperAndAUseAtOnceEndInOneOfTheTwo(t *testing.T) {
	t.Parallel()
	for range 20 {
		w := newWorld()
		m := w.ready(t)
		w.clock.Add(media.OrphanLife + time.Second)
		var swept, used error
		var wg sync.WaitGroup
		wg.Go(func() { swept = w.SweepOrphans(t.Context()) })
		wg.Go(func() { used = w.Keep(t.Context(), "checkin_x", []string{m.ID}) })
		wg.Wait()
		if swept != nil {
			t.Fatal(swept)
		}
		if there := len(w.bucket.keys()) > 0; there != (used == nil) {
			t.Fatalf("used: %v, and the bytes are there: %v", used, there)
		}
	}
}

func TestASweepGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 2; n++ {
		w := newWorld()
		w.ready(t)
		w.clock.Add(media.OrphanLife + time.Second)
		w.power.Cut(n, true)
		_ = w.SweepOrphans(t.Context())
		w.power.Restore()
		if err := w.SweepOrphans(t.Context()); err != nil || len(w.bucket.keys()) != 0 || len(w.store.All(nil)) != 0 {
			t.Errorf("cut at %d: %v, left %v", n, err, w.bucket.keys())
		}
	}
}

func TestWhoLooksAtAFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		owner string
		kind  media.Kind
		err   error
		want  media.Verdict
		asked bool
		fails bool
	}{
		"WeChat at a picture":                        {"ann", media.Image, nil, media.Waiting, true, false},
		"WeChat at a recording":                      {"ann", media.Audio, nil, media.Waiting, true, false},
		"a person at a film":                         {"ann", media.Video, nil, media.InReview, false, false},
		"a person at what an admin brings":           {"admin", media.Image, nil, media.InReview, false, false},
		"a person, if the author was not active":     {"ann", media.Image, wechat.ErrInactive, media.InReview, true, false},
		"a person, if WeChat does not know them":     {"ann", media.Image, wechat.ErrUnknown, media.InReview, true, false},
		"nobody yet while WeChat is down: it closes": {"ann", media.Image, wechat.ErrUnreachable, media.Waiting, true, true},
	} {
		w := newWorld()
		w.wechat.err = c.err
		if err := w.store.Insert(t.Context(), media.Media{Doc: domain.Doc{ID: "m"}, Owner: c.owner, Kind: c.kind, State: media.Ready, Verdict: media.Waiting}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.StartCheck(t.Context(), "m"); (err != nil) != c.fails {
				t.Errorf("%s: %v", name, err)
			}
		}
		m := w.get(t, "m")
		if m.Verdict != c.want || (w.wechat.asked > 0) != c.asked || !c.fails && w.wechat.asked > 1 {
			t.Errorf("%s: %s, asked %d times", name, m.Verdict, w.wechat.asked)
		}
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	answer := func(s wechat.Suggestion) wechat.MediaResult {
		return wechat.MediaResult{Trace: "trace1", Verdict: wechat.Verdict{Suggest: s}}
	}
	for suggestion, want := range map[wechat.Suggestion]media.Verdict{
		wechat.Pass: media.Passed, wechat.Review: media.InReview, wechat.Risky: media.Rejected, "": media.InReview, "new": media.InReview,
	} {
		w := newWorld()
		m := w.ready(t)
		if err := w.Answer(t.Context(), answer(suggestion)); !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("an answer before the question: %v", err)
		}
		if err := w.StartCheck(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		for range 2 { // a second delivery under another id
			if err := w.Answer(t.Context(), answer(suggestion)); err != nil {
				t.Errorf("%q: %v", suggestion, err)
			}
		}
		if got := w.get(t, m.ID); got.Verdict != want || len(w.store.Events(m.ID)) != 2 {
			t.Errorf("%q: %s, events %v", suggestion, got.Verdict, w.store.Events(m.ID))
		}
	}
}

func TestAnAnswerThatComesAfterAPersonWasAskedIsNoError(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m := w.ready(t)
	if err := w.StartCheck(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.SweepUnanswered(t.Context()); err != nil || w.get(t, m.ID).Verdict != media.Waiting {
		t.Fatalf("too early: %v", err)
	}
	w.clock.Add(media.CheckPatience + time.Second)
	if err := w.SweepUnanswered(t.Context()); err != nil || w.get(t, m.ID).Verdict != media.InReview {
		t.Fatalf("%s, %v", w.get(t, m.ID).Verdict, err)
	}
	if err := w.Answer(t.Context(), wechat.MediaResult{Trace: "trace1", Verdict: wechat.Verdict{Suggest: wechat.Pass}}); err != nil {
		t.Errorf("the job would be tried until it is dead: %v", err)
	}
	if err := w.SweepUnanswered(t.Context()); err != nil || len(w.store.Events(m.ID)) != 2 {
		t.Errorf("events %v, %v", w.store.Events(m.ID), err)
	}
}

func TestViewsShowOthersOnlyWhatPassed(t *testing.T) {
	t.Parallel()
	for _, verdict := range []media.Verdict{media.Waiting, media.InReview, media.Rejected, media.Passed} {
		w := newWorld()
		m := w.ready(t)
		if err := w.MakeThumb(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Decide(t.Context(), []string{m.ID}, verdict); err != nil {
			t.Fatal(err)
		}
		found, err := w.Many(t.Context(), []string{m.ID, "ghost"})
		if err != nil {
			t.Fatal(err)
		}
		for _, all := range []bool{false, true} {
			views, err := w.Views(t.Context(), found, []string{m.ID, "ghost"}, all)
			shown := all || verdict == media.Passed
			if err != nil || len(views) != 1 || (views[0].URL != "") != shown || (views[0].ThumbURL != "") != shown {
				t.Errorf("%s, all %v: %+v, %v", verdict, all, views, err)
			}
		}
		avatar, err := w.Avatar(t.Context(), m.ID)
		if err != nil || (avatar != nil) != (verdict == media.Passed) {
			t.Errorf("%s as avatar: %q, %v", verdict, avatar, err)
		}
	}
}

func TestLinksStayTheSameForAWhileAndAreShortLived(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m := w.ready(t)
	link := func() string {
		views, err := w.Views(t.Context(), map[string]media.Media{m.ID: m}, []string{m.ID}, true)
		if err != nil {
			t.Fatal(err)
		}
		return views[0].URL
	}
	first := link()
	w.clock.Add(10 * time.Minute)
	if link() != first {
		t.Error("a client cannot cache it")
	}
	_, until, _ := strings.Cut(first, "until=")
	if end, err := time.Parse(time.RFC3339, until); err != nil || end.Sub(w.clock.Now()) < media.LinkLife || end.Sub(w.clock.Now()) > 2*media.LinkLife {
		t.Errorf("works until %s", until)
	}
	w.clock.Add(time.Hour)
	if link() == first {
		t.Error("works for ever")
	}
}

func TestReadRefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.Put(t.Context(), "k", "", strings.NewReader("12345"), 5)
	if got, err := w.Read(t.Context(), "k", 5); err != nil || string(got) != "12345" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := w.Read(t.Context(), "k", 4); !errors.Is(err, domain.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestOwnShowsNobodyElsesFiles(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m := w.ready(t)
	if views, err := w.Own(as(t, "ann"), []string{m.ID}); err != nil || len(views) != 1 {
		t.Errorf("%+v, %v", views, err)
	}
	if views, err := w.Own(as(t, "bob"), []string{m.ID}); err != nil || len(views) != 0 {
		t.Errorf("%+v, %v", views, err)
	}
	if _, err := w.Own(t.Context(), []string{m.ID}); !errors.Is(err, domain.ErrUnauthenticated) {
		t.Errorf("got %v", err)
	}
}
