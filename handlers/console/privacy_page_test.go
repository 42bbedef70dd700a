package console

import (
	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/domain/privacy"
)

func (s sample) privacyPages() map[string][]view {
	v := &privacyView{Frame: s.frame(), Hours: s.campFrame().Hours, States: privacy.States, State: privacy.Held, Follow: "/console?after=x"}
	for _, state := range privacy.States {
		v.List = append(v.List, privacy.Wish{
			Deletion: privacy.Deletion{
				Doc: domain.Doc{ID: "member1"}, State: state, Cause: privacy.ByPerson, At: now, DueAt: now,
				Steps: domain.Steps{{Name: s.text, At: now}}, Audit: []privacy.Change{{To: state, By: "member1", At: now}},
			},
			Who: s.card(), By: map[string]member.Card{"member1": s.card()},
		})
	}
	return map[string][]view{"privacy/list": {v}}
}
