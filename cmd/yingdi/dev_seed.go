package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"time"

	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/checkin"
	"yingdi/domain/lesson"
	"yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/organiser"
	"yingdi/domain/review"
)

// devStaff are the people behind /dev/console?as=…
var devStaff = map[string]string{"teacher": "王老师", "manager": "林运营", "admin": "管理员"}

var devLearners = []string{"小满", "阿禾", "Luna🌙", "陈默", "南风", "许愿", "老周", "柚子", "Ming", "晓棠", "一颗豌豆", "木木"}

// devDays is what the demo camp reads.
var devDays = []struct{ title, content string }{
	{"读一段《论语》", "朗读《学而》前三章，各读三遍。\n\n打卡写下：今天哪一句最打动你？为什么？"},
	{"给自己写一句话", "把昨天读到的一句话抄在纸上，贴在看得见的地方，拍照打卡。"},
	{"读十分钟", "任选一本书，安静地读十分钟，不看手机。写下读到的一个画面。"},
	{"和家人读", "今天找一位家人或朋友，一起读一小段，各说一句感受。"},
	{"复述", "合上书，用自己的话把昨天读的内容讲一遍，写下来，三五句就好。"},
	{"读一首唐诗", "读王维《山居秋暝》，找出诗里的声音和颜色。"},
	{"一周小结", "翻看这一周的打卡，写下最大的一个变化。"},
}

var devTexts = []string{
	"今天读到“不愤不启，不悱不发”，想起自己总急着要答案，其实先想一想再问，收获更多。",
	"早起半小时，窗外还是灰蓝色的。读完一章，心里很安静。",
	"第一次坚持到现在！孩子也跟着我一起读，他说最喜欢“有朋自远方来”。",
	"通勤路上听完又读了一遍，摘抄了三句，字还是丑，但比昨天好看一点。",
	"今天有点累，只读了十分钟。但是没有断，给自己鼓个掌。",
	"“知之者不如好之者，好之者不如乐之者。”慢慢觉得读书不再是任务了。",
	"复述的时候才发现自己没读懂，又回去看了一遍，果然写下来才算数。",
}

var devRemarks = []review.Form{
	{Text: "写得真切。“先想一想再问”这句我也要记下来，明天试着多举一个生活里的例子。", Points: 95},
	{Text: "坚持得很好，画面感很强。朗读时可以放慢一点，留意停顿。", Points: 90},
	{Text: "复述抓住了重点，中间那一段如果能用自己的话再讲一遍会更好。", Points: 86},
}

// seed fills the folder with a demo camp that has been running for a few days.
func (d *dev) seed(ctx context.Context) error {
	s := seeder{dev: d, people: map[string]string{}}
	now := d.clock.Now()
	defer d.clock.Set(time.Time{})
	if err := errors.Join(s.arrive(ctx), s.open(ctx, now)); err != nil {
		return err
	}
	for ago := 4; ago >= 0; ago-- {
		if err := s.day(ctx, now, ago); err != nil {
			return err
		}
	}
	d.clock.Set(time.Time{})
	for name := range s.people {
		d.wechat.Visit(name)
	}
	return d.home.endDemo(s.camp.ID)
}

type seeder struct {
	*dev
	people map[string]string // stand-in name → member id
	camp   camp.Camp
	tasks  []lesson.Task
}

func (s *seeder) as(ctx context.Context, name string) context.Context {
	m, err := s.services.Members.Get(ctx, s.people[name])
	if err != nil {
		return ctx
	}
	return domain.WithActor(ctx, domain.Actor{Member: m.ID, Grants: m.Grants})
}

// arrive lets everybody log in once and say what they are called.
func (s *seeder) arrive(ctx context.Context) error {
	names := map[string]string{}
	for name, nickname := range devStaff {
		names[name] = nickname
	}
	for _, name := range devLearners {
		names[name] = name
	}
	for name, nickname := range names {
		_, m, err := s.services.Sessions.SignIn(ctx, s.wechat.LoginCode(name))
		if err != nil {
			return err
		}
		s.people[name] = m.ID
		if _, err := s.services.Members.SetProfile(s.as(ctx, name), member.Profile{Nickname: &nickname}); err != nil {
			return err
		}
	}
	return nil
}

func (s *seeder) open(ctx context.Context, now time.Time) error {
	system := domain.WithActor(ctx, domain.SystemActor)
	if _, err := s.services.Members.MakeAdmin(system, s.people["admin"]); err != nil {
		return err
	}
	studio, err := s.services.Organisers.Create(system, organiser.Form{
		Name: "晨光阅读", Intro: "一群爱读书的人，每天一点点。",
	}, s.people["teacher"])
	if err != nil {
		return err
	}
	if _, err := s.services.Organisers.Appoint(system, studio.ID, s.people["manager"], "", domain.RoleManager); err != nil {
		return err
	}
	calendar := domain.Calendar{Zone: "Asia/Shanghai", CutOff: 2}
	start := calendar.Day(now).Add(-4)
	s.clock.Set(calendar.Start(start.Add(-3)).Add(8 * time.Hour))
	teacher := s.as(ctx, "teacher")
	if s.camp, err = s.services.Camps.Open(teacher, studio.ID, camp.Form{
		Title: "21 天晨读打卡营", Intro: "每天十五分钟，读一小段，写几句话。\n\n二十一天后，你会发现读书变成了一件自然的事。",
		Calendar: calendar, Start: start, End: start.Add(20), EnrolBy: start.Add(13), Seats: 60,
		Messages: camp.Messages{Starting: true, Remind: true, RemindAt: 20},
	}); err != nil {
		return err
	}
	for i := range s.camp.Days() {
		what := devDays[i%len(devDays)]
		task, err := s.services.Lessons.Add(teacher, s.camp.ID, lesson.Form{Day: start.Add(i), Title: what.title, Blocks: lesson.Text(what.content)})
		if err != nil {
			return err
		}
		s.tasks = append(s.tasks, task)
	}
	if s.camp, err = s.services.Camps.Publish(teacher, s.camp.ID); err != nil {
		return err
	}
	for _, name := range devLearners {
		if _, err := s.services.Enrolments.Enrol(s.as(ctx, name), s.camp.ID); err != nil {
			return err
		}
	}
	return nil
}

// day lets most learners hand in, some with a picture, and the teacher review a few.
func (s *seeder) day(ctx context.Context, now time.Time, ago int) error {
	day := s.camp.Calendar.Day(now).Add(-ago)
	reviewer := s.as(ctx, "teacher")
	for i, name := range devLearners {
		if (i*7+ago*5)%11 < 2 || ago == 0 && i > 4 {
			continue
		}
		at := s.camp.Calendar.Start(day).Add(time.Duration(4*60+i*23+ago*7) * time.Minute)
		if at.After(now) {
			at = now.Add(-time.Duration(i+1) * 2 * time.Second)
		}
		if at.Before(s.camp.Calendar.Start(day)) {
			continue
		}
		s.clock.Set(at)
		learner := s.as(ctx, name)
		form := checkin.Form{Text: devTexts[(i+ago*3)%len(devTexts)]}
		if (i+ago)%3 == 0 {
			picture, err := s.picture(learner, i*31+ago)
			if err != nil {
				return err
			}
			form.Media = []string{picture}
		}
		c, _, err := s.services.Checkins.Submit(learner, s.camp.ID, s.tasks[s.camp.DayN(day)-1].ID, form)
		if err != nil {
			return fmt.Errorf("%s on %s: %w", name, day, err)
		}
		if _, err := s.services.Checkins.Show(reviewer, c.ID, c.Version); err != nil {
			return err
		}
		if ago > 0 && i%3 != 0 {
			if _, err := s.services.Reviews.Release(reviewer, c.ID, devRemarks[(i+ago)%len(devRemarks)]); err != nil {
				return err
			}
		}
		if err := s.services.Checkins.Like(s.as(ctx, devLearners[(i+3)%len(devLearners)]), c.ID, true); err != nil {
			return err
		}
	}
	return nil
}

// picture brings in a painted page, the way a phone would.
func (s *seeder) picture(ctx context.Context, n int) (string, error) {
	page := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for y := range 480 {
		for x := range 640 {
			c := color.RGBA{uint8(246 - n%20), uint8(238 - n%24), uint8(222 - n%28), 255}
			if x > 70 && x < 570-(y/34*53+n*17)%190 && y > 60 && y < 430 && y%34 < 5 {
				c = color.RGBA{92, 84, 74, 255}
			}
			page.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, nil); err != nil {
		return "", err
	}
	m, _, err := s.services.Media.Begin(ctx, media.Announcement{Kind: media.Image, ContentType: "image/jpeg", Size: int64(out.Len())})
	if err != nil {
		return "", err
	}
	if err := s.bucket.Put(ctx, m.IncomingKey(), m.ContentType, &out, m.Size); err != nil {
		return "", err
	}
	_, err = s.services.Media.Complete(ctx, m.ID)
	return m.ID, err
}
