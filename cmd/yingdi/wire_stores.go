package main

import (
	"context"
	"errors"

	"yingdi/storage"
)

// stores are the collections, one a feature.
type stores struct {
	members      storage.Members
	sessions     storage.Sessions
	tickets      storage.Tickets
	credentials  storage.Credentials
	organisers   storage.Organisers
	media        storage.Media
	camps        storage.Camps
	invitations  storage.Invitations
	tasks        storage.Tasks
	imports      storage.TaskImports
	arrangements storage.Arrangements
	materials    storage.Materials
	marks        storage.Marks
	scenes       storage.Scenes
	channels     storage.ChannelStores
	forms        storage.Forms
	asked        storage.FormVersions
	enrolments   storage.Enrolments
	boards       storage.Boards
	places       storage.Places
	plans        storage.Plans
	quizzes      storage.Quizzes
	questions    storage.Questions
	attempts     storage.Attempts
	regrades     storage.Regrades
	checkins     storage.Checkins
	likes        storage.Likes
	comments     storage.Comments
	cases        storage.Cases
	reports      storage.Reports
	reporters    storage.Reporters
	standings    storage.Standings
	walls        storage.Walls
	tags         storage.Tags
	topics       storage.Topics
	consents     storage.Consents
	deletions    storage.Deletions
	downloads    storage.Downloads
	thresholds   storage.Thresholds
	reviews      storage.Reviews
	courses      storage.Courses
	progresses   storage.Progresses
	badges       storage.Badges
	awards       storage.Awards
	remarks      storage.Remarks
	signcards    storage.CardStores
	notices      storage.Notices
	credits      storage.Credits
	settings     storage.NoticeSettings
	exports      storage.Exports
	figures      storage.Figures
	pools        storage.PoolStores
	products     storage.Products
	orders       storage.Orders
	coupons      storage.CouponStores
	groupbuys    storage.GroupbuyStores
	referrals    storage.ReferralStores
	assists      storage.AssistStores
	payments     storage.Payments
	transfers    storage.Transfers
	billDays     storage.BillDays
	billCases    storage.BillCases
	wallets      storage.Wallets
	walletPages  storage.WalletPages
	withdrawals  storage.Withdrawals
	pushes       storage.Pushes
	answers      storage.Answers
	slots        storage.Slots
}

func openStores(ctx context.Context, db *storage.DB) (s stores, err error) {
	var failures []error
	note := func(err error) { failures = append(failures, err) }
	s.members, err = storage.NewMembers(ctx, db)
	note(err)
	s.sessions, s.tickets, s.credentials, err = storage.NewSessions(ctx, db)
	note(err)
	s.organisers, err = storage.NewOrganisers(ctx, db)
	note(err)
	s.media, err = storage.NewMedia(ctx, db)
	note(err)
	s.camps, err = storage.NewCamps(ctx, db)
	note(err)
	s.invitations, err = storage.NewInvitations(ctx, db)
	note(err)
	s.tasks, err = storage.NewTasks(ctx, db)
	note(err)
	s.imports, err = storage.NewTaskImports(ctx, db)
	note(err)
	s.arrangements, err = storage.NewArrangements(ctx, db)
	note(err)
	s.materials, err = storage.NewMaterials(ctx, db)
	note(err)
	s.marks, err = storage.NewMarks(ctx, db)
	note(err)
	s.scenes, err = storage.NewScenes(ctx, db)
	note(err)
	s.channels, err = storage.NewChannels(ctx, db)
	note(err)
	s.forms, s.asked, err = storage.NewForms(ctx, db)
	note(err)
	s.enrolments, err = storage.NewEnrolments(ctx, db)
	note(err)
	s.boards, s.places, s.plans, err = storage.NewTeams(ctx, db)
	note(err)
	s.quizzes, s.questions, s.attempts, s.regrades, err = storage.NewQuizzes(ctx, db)
	note(err)
	s.checkins, s.likes, s.comments, err = storage.NewCheckins(ctx, db)
	note(err)
	s.cases, s.reports, s.reporters, err = storage.NewCases(ctx, db)
	note(err)
	s.standings, err = storage.NewStandings(ctx, db)
	note(err)
	s.walls, s.tags, s.topics, err = storage.NewTopics(ctx, db)
	note(err)
	s.consents, s.deletions, s.downloads, err = storage.NewPrivacy(ctx, db)
	note(err)
	s.thresholds, err = storage.NewThresholds(ctx, db)
	note(err)
	s.reviews, s.remarks, err = storage.NewReviews(ctx, db)
	note(err)
	s.courses, s.progresses, s.badges, s.awards, err = storage.NewCourses(ctx, db)
	note(err)
	s.signcards, err = storage.NewSigncards(ctx, db)
	note(err)
	s.notices, s.credits, s.settings, err = storage.NewNotices(ctx, db)
	note(err)
	s.exports, err = storage.NewExports(ctx, db)
	note(err)
	s.products, err = storage.NewProducts(ctx, db)
	note(err)
	s.orders, err = storage.NewOrders(ctx, db)
	note(err)
	s.coupons, err = storage.NewCoupons(ctx, db)
	note(err)
	s.groupbuys, err = storage.NewGroupbuys(ctx, db)
	note(err)
	s.referrals, err = storage.NewReferrals(ctx, db)
	note(err)
	s.assists, err = storage.NewAssists(ctx, db)
	note(err)
	s.payments, err = storage.NewPayments(ctx, db)
	note(err)
	s.transfers, err = storage.NewTransfers(ctx, db)
	note(err)
	s.billDays, s.billCases, err = storage.NewBills(ctx, db)
	note(err)
	s.pools, err = storage.NewPools(ctx, db)
	note(err)
	s.wallets, s.walletPages, s.withdrawals, err = storage.NewWallets(ctx, db)
	note(err)
	s.figures, err = storage.NewFigures(ctx, db)
	note(err)
	s.pushes, err = storage.NewPushes(ctx, db)
	note(err)
	s.answers, err = storage.NewAnswers(ctx, db)
	note(err)
	s.slots, err = storage.NewSlots(ctx, db)
	note(err)
	return s, errors.Join(failures...)
}
