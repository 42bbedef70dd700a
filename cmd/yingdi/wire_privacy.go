package main

import (
	"context"

	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/channel"
	"yingdi/domain/checkin"
	"yingdi/domain/coupon"
	"yingdi/domain/course"
	"yingdi/domain/enrolment"
	"yingdi/domain/groupbuy"
	mediadomain "yingdi/domain/media"
	"yingdi/domain/member"
	"yingdi/domain/moderation"
	"yingdi/domain/notice"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/privacy"
	"yingdi/domain/quiz"
	"yingdi/domain/referral"
	"yingdi/domain/review"
	"yingdi/domain/session"
	"yingdi/domain/signcard"
	"yingdi/domain/study"
	"yingdi/domain/team"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/storage/archive"
)

// joinPrivacy knows every collection that holds something about people, and what becomes of it when they go. The member's
// own document is the last: until then the others can still be found.
func (a *app) joinPrivacy(at stores, members *member.Service, files *mediadomain.Service, enrolments *enrolment.Service, studies *study.Service, signcards *signcard.Service) *privacy.Service {
	shelf := mediadomain.Shelf{Bucket: a.bucket, Owned: at.media}
	s := &privacy.Service{
		Policy:   &privacy.Policy{Version: a.config.Privacy.Version, URL: a.config.Privacy.URL},
		Consents: at.consents, Deletions: at.deletions, Downloads: at.downloads, Members: members, Files: shelf, Archives: archive.Zip{},
		Bucket: struct {
			mediadomain.Shelf
		}{shelf}, Clock: a.clock,
	}
	s.Holders = []privacy.Holder{
		privacy.Part[session.Session]{Collection: "session", Store: at.sessions, Of: at.sessions.OfPerson, Copy: privacy.Withheld[session.Session]},
		privacy.Part[session.Credential]{Collection: "credential", Store: at.credentials, Of: at.credentials.OfPerson, Copy: privacy.Withheld[session.Credential]},
		privacy.Part[checkin.Checkin]{Collection: "checkin", Store: at.checkins, Of: at.checkins.OfPerson, Erase: (*checkin.Checkin).Forget},
		privacy.Part[checkin.Like]{Collection: "like", Store: at.likes, Of: at.likes.OfPerson, Erase: func(l *checkin.Like) error { return l.Forget(a.clock.Now()) }},
		privacy.Part[checkin.Tag]{Collection: "tag", Store: at.tags, Of: at.tags.OfPerson, Erase: func(t *checkin.Tag) error { return t.Forget(a.clock.Now()) }},
		privacy.Part[checkin.Comment]{Collection: "comment", Store: at.comments, Of: at.comments.OfPerson, Erase: func(c *checkin.Comment) error { return c.Forget(a.clock.Now()) }},
		privacy.Part[review.Review]{
			Collection: "review", Store: at.reviews, Of: at.reviews.OfPerson, Erase: func(r *review.Review) error { return r.Forget(a.clock.Now()) },
			Copy: func(_ context.Context, r review.Review) (any, error) { return r.Given(), nil },
		},
		privacy.Part[quiz.Attempt]{
			Collection: "attempt", Store: at.attempts, Of: at.attempts.OfPerson, Erase: (*quiz.Attempt).Forget,
			Copy: func(_ context.Context, t quiz.Attempt) (any, error) { return t.Given(), nil },
		},
		privacy.Part[order.Order]{
			Collection: "order", Store: at.orders, Of: at.orders.OfPerson, Erase: func(*order.Order) error { return domain.ErrSame }, // the law wants it kept
			Copy:  orderGiven,
			First: func(ctx context.Context, o order.Order) error { return a.services.Orders.Depart(ctx, o) },
		},
		privacy.Part[wallet.Wallet]{Collection: "wallet", Store: at.wallets, Of: at.wallets.ByMember, Erase: kept[wallet.Wallet]},
		privacy.Part[wallet.Page]{Collection: "wallet_page", Store: at.walletPages, Of: at.walletPages.OfPerson, Erase: kept[wallet.Page]},
		privacy.Part[wallet.Withdrawal]{Collection: "withdrawal", Store: at.withdrawals, Of: at.withdrawals.ByMember, Erase: kept[wallet.Withdrawal], Copy: withdrawalGiven},
		privacy.Part[transfer.Transfer]{
			Collection: "transfer", Store: at.transfers, Of: at.transfers.OfPerson, Erase: kept[transfer.Transfer],
			Copy: func(_ context.Context, t transfer.Transfer) (any, error) { return t.Given(), nil },
		},
		privacy.Part[coupon.Coupon]{
			Collection: "coupon", Store: at.coupons.Coupons, Of: at.coupons.Coupons.OfPerson, Erase: func(*coupon.Coupon) error { return domain.ErrSame }, // it explains the order's price
			First: func(ctx context.Context, c coupon.Coupon) error { return a.services.Coupons.Depart(ctx, c) },
		},
		privacy.Part[channel.Origin]{Collection: "origin", Store: at.channels.Origins, Of: at.channels.Origins.OfPerson},
		privacy.Part[channel.Arrival]{Collection: "arrival", Store: at.channels.Arrivals, Of: at.channels.Arrivals.OfPerson, Erase: kept[channel.Arrival]}, // counted, under an id that names nobody
		privacy.Part[coupon.Code]{Collection: "couponcode", Store: at.coupons.Codes, Of: at.coupons.Codes.OfPerson, Erase: func(*coupon.Code) error { return domain.ErrSame }, Copy: privacy.Withheld[coupon.Code]},
		privacy.Part[groupbuy.Entry]{Collection: "groupbuyentry", Store: at.groupbuys.Entries, Of: at.groupbuys.Entries.OfPerson, Erase: kept[groupbuy.Entry]},
		privacy.Part[referral.Promoter]{Collection: "promoter", Store: at.referrals.Promoters, Of: at.referrals.Promoters.OfPerson, Erase: func(p *referral.Promoter) error { return p.Forget(a.clock.Now()) }, Copy: promoterGiven},
		privacy.Part[referral.Binding]{Collection: "referral_binding", Store: at.referrals.Bindings, Of: at.referrals.Bindings.OfPerson, Copy: bindingGiven},
		privacy.Part[referral.Commission]{Collection: "commission", Store: at.referrals.Commissions, Of: at.referrals.Commissions.OfPerson, Erase: kept[referral.Commission], Copy: commissionGiven},
		privacy.Part[assist.Assist]{
			Collection: "assist", Store: at.assists.Assists, Of: at.assists.Assists.OfPerson, Erase: func(*assist.Assist) error { return domain.ErrSame }, // it explains the order's price
			Copy:  func(_ context.Context, k assist.Assist) (any, error) { return k.Given(), nil },
			First: func(ctx context.Context, k assist.Assist) error { return a.services.Assists.Depart(ctx, k) },
		},
		privacy.Part[assist.Helper]{Collection: "assisthelper", Store: at.assists.Helpers, Of: at.assists.Helpers.OfPerson},
		privacy.Part[pool.Member]{Collection: "pool_member", Store: at.pools.Members, Of: at.pools.Members.OfPerson, Erase: (*pool.Member).Forget},
		privacy.Part[pool.Consent]{Collection: "pool_consent", Store: at.pools.Consents, Of: at.pools.Consents.OfPerson, Erase: func(*pool.Consent) error { return domain.ErrSame }}, // the record that they agreed
		privacy.Part[enrolment.Enrolment]{Collection: "enrolment", Store: at.enrolments, Of: at.enrolments.OfPerson, First: enrolments.Depart, Erase: (*enrolment.Enrolment).Forget, Copy: enrolments.Given},
		privacy.Part[checkin.Standing]{Collection: "standing", Store: at.standings, Of: at.standings.OfPerson},
		privacy.Part[study.Mark]{Collection: "mark", Store: at.marks, Of: at.marks.OfPerson, Copy: studies.Given},
		privacy.Part[team.Place]{Collection: "team_place", Store: at.places, Of: at.places.OfPerson},
		privacy.Part[course.Progress]{Collection: "course_progress", Store: at.progresses, Of: at.progresses.OfPerson},
		privacy.Part[course.Award]{Collection: "award", Store: at.awards, Of: at.awards.ByMember},
		privacy.Part[signcard.Card]{Collection: "signcard", Store: at.signcards.Cards, Of: at.signcards.Cards.OfMember, First: signcards.Forget},
		privacy.Part[signcard.Invite]{Collection: "invitecard", Store: at.signcards.Invites, Of: at.signcards.Invites.OfPerson, First: signcards.ForgetInvite},
		privacy.Part[notice.Notice]{Collection: "notice", Store: at.notices, Of: at.notices.OfPerson},
		privacy.Part[notice.Credit]{Collection: "credit", Store: at.credits, Of: at.credits.Under},
		privacy.Part[notice.Setting]{Collection: "notice_setting", Store: at.settings, Of: at.settings.Single},
		privacy.Part[moderation.Report]{Collection: "report", Store: at.reports, Of: at.reports.OfPerson, Erase: (*moderation.Report).Forget},
		privacy.Part[moderation.Reporter]{Collection: "reporter", Store: at.reporters, Of: at.reporters.Single},
		privacy.Part[privacy.Download]{Collection: "download", Store: at.downloads, Of: at.downloads.Single, First: s.DropDownload, Copy: privacy.Withheld[privacy.Download]},
		privacy.Part[mediadomain.Media]{Collection: "media", Store: at.media, Of: at.media.OfPerson, First: files.Forget, Erase: (*mediadomain.Media).Forgotten},
		privacy.Part[member.Member]{Collection: "member", Store: at.members, Of: at.members.Single, Erase: (*member.Member).Forget, Copy: members.Given},
	}
	return s
}

// kept leaves a record of money as it is, under an id that names nobody any more: the law wants it.
func kept[T any](*T) error { return domain.ErrSame }

func promoterGiven(_ context.Context, p referral.Promoter) (any, error) { return p.Given(), nil }

func bindingGiven(_ context.Context, b referral.Binding) (any, error) { return b.Given(), nil }

func commissionGiven(_ context.Context, c referral.Commission) (any, error) { return c.Given(), nil }

func orderGiven(_ context.Context, o order.Order) (any, error) { return o.Given(), nil }

func withdrawalGiven(_ context.Context, d wallet.Withdrawal) (any, error) { return d.Given(), nil }

// impersonal says of each other collection why there is nothing to forget in it. A test asks this of every new one.
var impersonal = map[string]string{
	"remark": "staff's frequent words, under their id", "camp": "the organiser's", "course": "the organiser's", "badge": "the organiser's", "task": "the organiser's", "task_import": "the organiser's", "arrangement": "the organiser's", "material": "the organiser's", "form": "the organiser's", "form_version": "the organiser's",
	"quiz": "the organiser's", "question": "the organiser's", "risk": "the organiser's", "stats": "numbers, and reviewers by id", "team": "the organiser's", "slot": "the machine's own",
	"product": "the organiser's", "pool": "the organiser's, and names by id who did what", "pool_settlement": "sums, and who signed", "pool_sheet": "who got what of a pool, by id: the record of a payment", "payment": "names payments by number, and nobody", "bill": "sums of a day", "bill_case": "names orders by number, and staff by id",
	"organiser":   "its staff are named by id, and cannot be deleted while they are staff",
	"cardlibrary": "the organiser's", "cardtemplate": "the organiser's", "cardsetting": "the organiser's", "campfront": "the organiser's",
	"cardredraw":     "names by id whose cards were drawn anew, and who asked",
	"invitation":     "names staff by id, and is the record of who let whom in",
	"team_plan":      "names learners by id, until it is applied",
	"regrade":        "names learners by id, and is the audit of their marks",
	"scene":          "names who shared by id, and is printed on cards that are out",
	"channel":        "the organiser's, and names by id who entered what was spent",
	"channeltally":   "numbers",
	"visit":          "a visitor of a day who cannot be told from it, and is forgotten after 400 days",
	"export":         "names staff by id, and is the record of who took what out; its files end after a while",
	"moderation":     "names authors by id, and is the record of what was decided; what they said is not in it",
	"consent":        "names who agreed by id, and is the record that they did",
	"deletion":       "names who was forgotten by id, and is the record that they were",
	"push":           "sealed, and forgotten after seven days",
	"answer":         "sealed, and forgotten after a day",
	"coupontemplate": "the organiser's", "couponbatch": "the organiser's", "coupontally": "numbers",
	"couponsource":     "names who claimed by id at an address that cannot be read, and is forgotten after ninety days",
	"groupbuysource":   "names who took part by id at an address that cannot be read, and is forgotten after ninety days",
	"groupbuycampaign": "the organiser's", "groupbuy": "names who bought together by id: the record of a payment",
	"wall":          "names check-ins by id, of which only those that everybody may see are shown, and staff",
	"topic":         "counts, without names",
	"ticket":        "ends after minutes",
	"referral_plan": "the organiser's", "referral_tally": "numbers, and promoters by id",
	"referral_source": "names who came by id at an address that cannot be read, and is forgotten after ninety days",
	"assistcampaign":  "the organiser's", "assisttally": "numbers",
	"assistsource": "names who took part by id at an address that cannot be read, and is forgotten after ninety days",
}
