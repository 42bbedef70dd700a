package season

import (
	"context"
	"net/http"
	"net/url"
)

// startAssist starts an assist, with two taps.
func (f *friend) startAssist(ctx context.Context) error {
	start := func() call {
		return call{method: http.MethodPost, path: "/assist-campaigns/" + f.in.assists + "/assists", key: f.key(), json: map[string]any{}}
	}
	answers, err := f.twice(ctx, start(), start(), http.StatusCreated, http.StatusOK)
	if err != nil {
		return err
	}
	for _, a := range answers {
		var in struct{ ID string }
		if err := a.into(&in); err != nil {
			return err
		}
		f.book.check(f.assist == "" || f.assist == in.ID, "%s has two assists", f.name)
		f.assist = in.ID
	}
	f.book.count("assists_started", 1)
	return nil
}

// help is for a friend who lacks fewer than come: whoever is too late is told so.
func (f *friend) help(ctx context.Context) error {
	return f.helpWith(ctx, f.in.friends[whoIsHelped], "assist_done")
}

// helpShort is for one who lacks more than come, which they themselves cannot mend.
func (f *friend) helpShort(ctx context.Context) error {
	return f.helpWith(ctx, f.in.friends[whoFallsShort], "assist_self")
}

func (f *friend) helpWith(ctx context.Context, whom *friend, refusal string) error {
	k := call{method: http.MethodPost, path: "/assists/" + whom.assist + "/help"}
	answers, err := f.twice(ctx, k, k, http.StatusOK, http.StatusConflict)
	if err != nil {
		return err
	}
	helped := answers[0].status == http.StatusOK
	f.book.check(helped == (answers[1].status == http.StatusOK), "%s has helped by one tap of two", f.name)
	if helped {
		f.book.count("helps", 1)
		return nil
	}
	f.book.check(answers[0].code() == refusal, "%s was refused to help with %s", f.name, answers[0].code())
	f.book.count("helps_refused", 1)
	return nil
}

// useAssist buys at the price that the friends have reached.
func (f *friend) useAssist(ctx context.Context) error {
	ok, err := f.place(ctx, assistPrice, url.Values{"assist": {f.assist}})
	if err != nil || !f.book.check(ok, "%s cannot have the price that was reached", f.name) {
		return err
	}
	return f.pay(ctx)
}
