package console

import (
	"yingdi/domain/checkin"
)

func (s sample) feedPages() map[string][]view {
	shown := s.entry(checkin.Visible)
	shown.Audience, shown.Chosen, shown.Pinned, shown.FeaturedAt, shown.Reason = checkin.ToCamp, []string{s.text}, true, now, ""
	plain := s.entry(checkin.Visible)
	plain.Audience = checkin.ToCamp
	offers := []checkin.Offer{{Name: s.text, Count: 3, Offered: true}, {Name: "晨读"}}
	return map[string][]view{
		"checkin/feed": {
			&feedView{
				campFrame: s.campFrame(), Look: checkin.Look{Only: checkin.OnlyFeatured, Topic: s.text}, Parts: checkin.Parts, Topics: offers,
				Rows: []checkin.Entry{shown, plain, s.entry(checkin.Rejected)}, Query: "only=featured", Follow: "/console?after=x", MayModerate: true, Just: &shown,
			},
			&feedView{campFrame: s.campFrame(), Look: checkin.Look{Topic: s.text}},
		},
		"checkin/topics":  {&topicsView{campFrame: s.campFrame(), Rows: offers, Typed: s.text, Faults: s.faults("topics"), Follow: "/console?after=x", Most: 20}},
		"checkin/ranking": {&rankingView{campFrame: s.campFrame(), Rows: []checkin.Ranked{{Rank: 1, Person: s.card()}}, Rule: s.text, Follow: "/console?after=x"}},
	}
}

func bareFeedPages(empty campFrame) map[string][]view {
	return map[string][]view{
		"checkin/feed":    {&feedView{campFrame: empty}, &feedView{campFrame: empty, Query: "only=hidden"}, &feedView{campFrame: empty, Paged: true}},
		"checkin/topics":  {&topicsView{campFrame: empty}, &topicsView{campFrame: empty, Paged: true}},
		"checkin/ranking": {&rankingView{campFrame: empty}, &rankingView{campFrame: empty, Paged: true}},
	}
}
