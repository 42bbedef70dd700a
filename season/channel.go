package season

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"yingdi/season/audit"
)

// funnel is the channels that lead people here: a stall at a fair, whose codes lead to the shop or to all there is; an
// account that recommends the camp for friends; and one that was stopped before anybody came.
type funnel struct {
	*season
	organiser           string
	fair, blog, stopped channel
}

// channel is one, with the scenes of its codes.
type channel struct{ id, scene, shop string }

func newFunnel(s *season) *funnel { return &funnel{season: s} }

var sceneLink = regexp.MustCompile(`id="link" value="[^"]*/s/([0-9A-Za-z_-]+)"`)

// open sets the channels up and enters what they cost, each with two clicks; one entry was wrong.
func (n *funnel) open(ctx context.Context, organiser string) error {
	n.organiser = organiser
	for _, c := range []struct {
		*channel
		name, camp, welcome string
	}{{&n.fair, "秋季书展", "", "欢迎从书展来的你。"}, {&n.blog, "读书公众号", n.growth.camp, ""}, {&n.stopped, "旧海报", "", "停用以后不再欢迎。"}} {
		if err := n.create(ctx, c.channel, c.name, c.camp, c.welcome); err != nil {
			return err
		}
		n.book.write(func(p *audit.Promises) {
			p.Funnel.Channels = append(p.Funnel.Channels, audit.Channel{ID: c.id, Welcomes: c.welcome != "", Spent: map[string]int64{}})
		})
	}
	for _, form := range []url.Values{
		{"key": {"stall"}, "day": {n.dayOf(-3)}, "amount": {yuan(120_50)}, "note": {"展位"}}, {"key": {"wrong"}, "day": {n.dayOf(-3)}, "amount": {yuan(9_99)}},
	} {
		for range 2 {
			if _, err := n.teacher.post(ctx, n.path(n.fair.id)+"/spends", form); err != nil {
				return err
			}
		}
	}
	n.book.write(func(p *audit.Promises) { p.Funnel.Channels[0].Spent[n.dayOf(-3)] = 120_50 })
	if _, err := n.teacher.post(ctx, n.path(n.fair.id)+"/spends/wrong/void", url.Values{"why": {"记错了"}}); err != nil {
		return err
	}
	_, err := n.teacher.post(ctx, n.path(n.stopped.id)+"/turn", url.Values{"to": {"off"}})
	return err
}

func (n *funnel) path(id string) string { return "/organisers/" + n.organiser + "/channels/" + id }

// create saves a channel and reads where its codes lead.
func (n *funnel) create(ctx context.Context, c *channel, name, camp, welcome string) error {
	page, err := n.teacher.get(ctx, "/organisers/"+n.organiser+"/channels/new")
	if err != nil {
		return err
	}
	found := offerID.FindSubmatch(page)
	if found == nil {
		return fmt.Errorf("a new channel has no id")
	}
	c.id = string(found[1])
	for range 2 {
		if _, err := n.teacher.post(ctx, "/organisers/"+n.organiser+"/channels", url.Values{
			"id": {c.id}, "version": {""}, "name": {name}, "welcome": {welcome}, "camp": {camp},
		}); err != nil {
			return err
		}
	}
	for query, scene := range map[string]*string{"": &c.scene, "?camp=" + n.shop.camp: &c.shop} {
		page, err := n.teacher.get(ctx, n.path(c.id)+query)
		if err != nil {
			return err
		}
		found := sceneLink.FindSubmatch(page)
		if found == nil {
			return fmt.Errorf("channel %s shows no link", c.id)
		}
		*scene = string(found[1])
	}
	return nil
}

// touch opens a code, more than once; channel is what it counts for.
func (l *learner) touch(ctx context.Context, scene, channel string) error {
	at := *l.now.Load()
	k := call{method: http.MethodPost, path: "/scenes/" + scene + "/visits"}
	if _, err := l.twice(ctx, k, k, http.StatusOK); err != nil {
		return err
	}
	l.book.write(func(p *audit.Promises) {
		p.Funnel.Touches = append(p.Funnel.Touches, audit.Touch{Member: l.member, Channel: channel, At: at})
	})
	l.book.count("visits", 1)
	return nil
}

// leadLearner lets a few people of the large camp come by a channel.
func (n *funnel) leadLearner(ctx context.Context, l *learner, i int) error {
	if i%7 != 1 {
		return nil
	}
	return l.touch(ctx, n.fair.scene, n.fair.id)
}

// leadBuyer lets most buyers of the shop come by one, and some of them by another one later.
func (n *funnel) leadBuyer(ctx context.Context, b *buyer, moment int) error {
	switch {
	case moment < 0 && b.n%3 == 0:
		return b.touch(ctx, n.fair.shop, n.fair.id)
	case moment < 0 && b.n%3 == 1:
		return b.touch(ctx, n.blog.shop, n.blog.id)
	case moment == 2*3 && b.n%3 == 1:
		return b.touch(ctx, n.fair.scene, n.fair.id)
	}
	return nil
}

// leadNowhere opens a code of a channel that was stopped: it leads somewhere still and counts for nothing.
func (n *funnel) leadNowhere(ctx context.Context, l *learner) error {
	_, _, err := l.ask(ctx, call{method: http.MethodPost, path: "/scenes/" + n.stopped.scene + "/visits"}, http.StatusOK)
	return err
}

// read writes down what staff are shown of the channels when all is over.
func (n *funnel) read(ctx context.Context) error {
	from, to := n.dayOf(-4), n.dayOf(n.plan.Days+lastDays)
	var shown []map[string]map[string][]int64
	for _, id := range []string{n.fair.id, n.blog.id, n.stopped.id} {
		by := map[string]map[string][]int64{}
		for _, touch := range []string{"last", "first"} {
			page, err := n.teacher.get(ctx, n.path(id)+"?from="+from+"&to="+to+"&by="+touch)
			if err != nil {
				return err
			}
			if by[touch], err = chartSeries(page); err != nil {
				return err
			}
		}
		shown = append(shown, by)
	}
	n.book.write(func(p *audit.Promises) {
		p.Funnel.From, p.Funnel.To = from, to
		for i := range p.Funnel.Channels {
			p.Funnel.Channels[i].Last, p.Funnel.Channels[i].First = shown[i]["last"], shown[i]["first"]
		}
	})
	return nil
}
