package member_test

import (
	"errors"
	"testing"

	"yingdi/domain"
	"yingdi/domain/member"
)

func TestANicknameInDoubtWaitsForAPersonWhoseWordCanBeTakenBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		word func(w world, id string) error
		want string
		wish member.Wish
	}{
		"nobody has said a word": {func(world, string) error { return nil }, member.Newcomer, member.Wish{Nickname: "疑"}},
		"yes":                    {func(w world, id string) error { return w.RuleLook(t.Context(), id, 1, true, false) }, "疑", member.Wish{Nickname: "疑", Granted: true}},
		"no":                     {func(w world, id string) error { return w.RuleLook(t.Context(), id, 1, false, true) }, member.Newcomer, member.Wish{Nickname: "疑", Refused: true}},
		"yes, and back": {func(w world, id string) error {
			return errors.Join(w.RuleLook(t.Context(), id, 1, true, false), w.RuleLook(t.Context(), id, 1, false, false))
		}, member.Newcomer, member.Wish{Nickname: "疑"}},
		"no, and back": {func(w world, id string) error {
			return errors.Join(w.RuleLook(t.Context(), id, 1, false, true), w.RuleLook(t.Context(), id, 1, false, false))
		}, member.Newcomer, member.Wish{Nickname: "疑"}},
		"yes, and then no": {func(w world, id string) error {
			return errors.Join(w.RuleLook(t.Context(), id, 1, true, false), w.RuleLook(t.Context(), id, 1, false, true))
		}, member.Newcomer, member.Wish{Nickname: "疑", Refused: true}},
	} {
		w := newWorld()
		m, ctx := w.join(t, "a")
		if _, err := w.SetProfile(ctx, member.Profile{Nickname: text("疑")}); err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice is once
			if err := c.word(w, m.ID); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		got, err := w.store.Get(t.Context(), m.ID)
		if err != nil || got.Nickname != c.want || got.Wish != c.wish {
			t.Errorf("%s: %s, %+v, %v", name, got.Nickname, got.Wish, err)
		}
	}
}

func TestAPersonsWordAboutANicknameThatWasChangedMeanwhileIsVoid(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	for _, nickname := range []string{"疑", "疑疑"} {
		if _, err := w.SetProfile(ctx, member.Profile{Nickname: text(nickname)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.RuleLook(t.Context(), m.ID, 1, true, false); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if got, _ := w.store.Get(t.Context(), m.ID); got.Nickname != member.Newcomer {
		t.Errorf("got %s", got.Nickname)
	}
}

func TestSomebodyWhoWasNotActiveIsLeftToAPersonAndNotRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	m, ctx := w.join(t, "a")
	got, err := w.SetProfile(ctx, member.Profile{Nickname: text("闲")})
	if err != nil || got.Nickname != m.Nickname || !got.Wish.Waits() {
		t.Errorf("%+v, %v", got, err)
	}
}
