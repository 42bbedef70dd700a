package course

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/notice"
)

// NoticeID of the notice that a level has opened to a learner.
func NoticeID(camp, member, level string) string { return domain.Key("level", camp, member, level) }

// Announce tells a learner what has opened to them, and gives them the badges that they have earned by it. For jobs, after EventAdvanced; nobody is told twice, and what is open
// from the start is no news.
func (s *Service) Announce(ctx context.Context, id string) error {
	p, err := s.Progresses.Get(ctx, id)
	if err != nil {
		return err
	}
	c, err := s.course(ctx, p.Camp)
	if err != nil {
		return err
	}
	for _, r := range p.Levels {
		level, at := c.Find(r.Level)
		if at < 0 || len(r.Because) == 0 {
			continue
		}
		if err := s.Notices.Tell(ctx, notice.Notice{
			Doc: domain.Doc{ID: NoticeID(p.Camp, p.Member, r.Level)}, Member: p.Member, Camp: p.Camp, Kind: notice.LevelUnlocked,
			At: r.Opened, Title: "新的一关解锁了", Body: level.Title, Page: "pages/course/course?id=" + p.Camp,
		}); err != nil {
			return err
		}
	}
	return s.Honour(ctx, p.Camp, p.Member)
}
