// Package console is the staff's website: pages under /console, in Chinese, for the desk and for the phone. A handler
// reads its form, calls a use case and shows a page; it decides nothing.
package console

import (
	"fmt"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"yingdi/domain"
	"yingdi/domain/session"
	"yingdi/handlers/web"
	"yingdi/templates"
)

// Options are what the deployment decides.
type Options struct {
	Secure      bool       // the console is served over HTTPS: cookies are sent over nothing else
	MediaOrigin string     // scheme://host of the media store where it is not this server itself
	Limits      web.Limits // web.DefaultLimits if zero
}

// Root is where the console lies.
const Root = "/console"

// maxBody bounds a form in bytes: the longest text that a form takes, each character escaped.
const maxBody = 256 << 10

type console struct {
	*web.Services
	pages   *web.Pages
	cookies web.Cookies
	csp     string
	limits  web.Limits
}

// Mount serves the console; styles and scripts are expected below /static. It panics if a template is broken, which a
// test would have found.
func Mount(e *echo.Echo, s *web.Services, o Options) {
	h := newConsole(s, o)
	// Without signing in.
	g := e.Group(Root, h.answer, h.headers, web.Bounded(maxBody), checkIDs, h.authenticate, web.CSRF(h.cookies), h.hold)
	open := web.Hold(s.Limiter, s.Log, h.limits.SignIn)
	g.GET("/signin", h.showSignIn)
	g.POST("/signin", h.signIn, open)
	g.POST("/signin/code", h.beginCode, open)
	g.GET("/signin/wait", h.awaitCode)

	// Every use case below checks for itself what the person may do; staff only keeps everybody else out.
	g = e.Group(Root, h.answer, h.headers, web.Bounded(maxBody), checkIDs, h.authenticate, staffOnly, web.CSRF(h.cookies), h.hold)
	g.POST("/signout", h.signOut)
	g.GET("", h.showDashboard)
	g.GET("/", h.showDashboard)

	g.GET("/organisers", h.listOrganisers)
	g.GET("/organisers/new", h.newOrganiser)
	g.POST("/organisers", h.createOrganiser)
	g.GET("/organisers/:organiser", h.showOrganiser)
	g.POST("/organisers/:organiser/staff", h.appoint)
	g.POST("/organisers/:organiser/dismiss", h.dismiss)

	g.GET("/organisers/:organiser/invitations", h.listInvitations)
	g.POST("/organisers/:organiser/invitations", h.invite)
	g.POST("/organisers/:organiser/invitations/:invitation/revoke", h.revokeInvitation)

	g.GET("/organisers/:organiser/exports", h.auditExports)

	g.GET("/organisers/:organiser/wallets", h.listWallets)
	g.GET("/organisers/:organiser/withdrawals", h.listWithdrawals)
	g.GET("/organisers/:organiser/withdrawals/:withdrawal", h.showWithdrawal)
	g.POST("/organisers/:organiser/withdrawals/:withdrawal/approve", h.approveWithdrawal)
	g.POST("/organisers/:organiser/withdrawals/:withdrawal/reject", h.rejectWithdrawal)
	g.POST("/organisers/:organiser/withdrawals/:withdrawal/cancel", h.cancelWithdrawal)
	g.POST("/organisers/:organiser/withdrawals/:withdrawal/again", h.withdrawalAgain)

	g.GET("/campaigns", h.showCampaigns)
	g.GET("/organisers/:organiser/referral", h.showReferral)
	g.GET("/organisers/:organiser/referral/plan", h.showReferralPlan)
	g.POST("/organisers/:organiser/referral/plan", h.saveReferralPlan)
	g.POST("/organisers/:organiser/referral/turn", h.turnReferralPlan)
	g.POST("/organisers/:organiser/referral/promoters", h.barPromoter)
	g.POST("/organisers/:organiser/referral/seen", h.seeReferralSource)
	g.GET("/organisers/:organiser/referral/commissions", h.listCommissions)
	g.POST("/organisers/:organiser/referral/commissions/void", h.voidCommission)
	g.GET("/organisers/:organiser/coupons", h.listCoupons)
	g.GET("/organisers/:organiser/coupons/new", h.newCoupon)
	g.POST("/organisers/:organiser/coupons", h.saveCoupon)
	g.GET("/organisers/:organiser/coupons/:template", h.showCoupon)
	g.GET("/organisers/:organiser/coupons/:template/edit", h.editCoupon)
	g.POST("/organisers/:organiser/coupons/:template/turn", h.turnCoupon)
	g.POST("/organisers/:organiser/coupons/:template/gifts", h.giveCoupon)
	g.POST("/organisers/:organiser/coupons/:template/revoke", h.revokeCoupon)
	g.POST("/organisers/:organiser/coupons/:template/seen", h.seeCouponSource)
	g.POST("/organisers/:organiser/coupons/:template/codes", h.makeCodes)
	g.POST("/organisers/:organiser/coupons/:template/codes/:batch/void", h.voidCodes)
	g.POST("/organisers/:organiser/coupons/:template/codes/:batch/export", h.exportCodes)
	g.GET("/organisers/:organiser/coupons/:template/exports/:export/file", h.fetchCodes)

	g.GET("/organisers/:organiser/assists", h.listAssists)
	g.GET("/organisers/:organiser/assists/new", h.newAssist)
	g.POST("/organisers/:organiser/assists", h.saveAssist)
	g.GET("/organisers/:organiser/assists/:assist", h.showAssist)
	g.GET("/organisers/:organiser/assists/:assist/edit", h.editAssist)
	g.POST("/organisers/:organiser/assists/:assist/turn", h.turnAssist)
	g.POST("/organisers/:organiser/assists/:assist/end", h.endAssist)
	g.POST("/organisers/:organiser/assists/:assist/revoke", h.revokeAssist)
	g.POST("/organisers/:organiser/assists/:assist/seen", h.seeAssistSource)

	g.GET("/organisers/:organiser/groupbuys", h.listGroupbuys)
	g.GET("/organisers/:organiser/groupbuys/new", h.newGroupbuy)
	g.POST("/organisers/:organiser/groupbuys", h.saveGroupbuy)
	g.GET("/organisers/:organiser/groupbuys/:groupbuy", h.showGroupbuy)
	g.GET("/organisers/:organiser/groupbuys/:groupbuy/edit", h.editGroupbuy)
	g.POST("/organisers/:organiser/groupbuys/:groupbuy/turn", h.turnGroupbuy)
	g.POST("/organisers/:organiser/groupbuys/:groupbuy/extend", h.extendGroupbuy)
	g.POST("/organisers/:organiser/groupbuys/:groupbuy/end", h.endGroupbuy)
	g.POST("/organisers/:organiser/groupbuys/:groupbuy/seen", h.seeGroupbuySource)

	g.GET("/organisers/:organiser/channels", h.listChannels)
	g.GET("/organisers/:organiser/channels/new", h.newChannel)
	g.GET("/organisers/:organiser/channels/sheet", h.channelSheet)
	g.POST("/organisers/:organiser/channels", h.saveChannel)
	g.GET("/organisers/:organiser/channels/:channel", h.showChannel)
	g.GET("/organisers/:organiser/channels/:channel/edit", h.editChannel)
	g.GET("/organisers/:organiser/channels/:channel/code.jpg", h.channelCode)
	g.GET("/organisers/:organiser/channels/:channel/poster.jpg", h.channelPoster)
	g.POST("/organisers/:organiser/channels/:channel/turn", h.turnChannel)
	g.POST("/organisers/:organiser/channels/:channel/spends", h.spendChannel)
	g.POST("/organisers/:organiser/channels/:channel/spends/:spend/void", h.voidSpend)

	g.GET("/organisers/:organiser/cards", h.showLibrary)
	g.POST("/organisers/:organiser/cards/pictures", h.addPictures)
	g.POST("/organisers/:organiser/cards/sayings", h.addSayings)
	g.POST("/organisers/:organiser/cards/items/:item", h.relabelCard)
	g.GET("/organisers/:organiser/cards/preview.jpg", h.previewTemplate)
	g.GET("/organisers/:organiser/cards/templates/new", h.newTemplate)
	g.POST("/organisers/:organiser/cards/templates", h.saveTemplate)
	g.GET("/organisers/:organiser/cards/templates/:template", h.showTemplate)
	g.POST("/organisers/:organiser/cards/templates/:template", h.saveTemplate)
	g.POST("/organisers/:organiser/cards/templates/:template/archive", h.archiveTemplate)

	g.GET("/camps/:camp/cards", h.showCampCards)
	g.POST("/camps/:camp/cards", h.saveCampCards)
	g.GET("/camps/:camp/cards/preview.jpg", h.previewCamp)
	g.POST("/camps/:camp/cards/redraw", h.redrawCards)
	g.POST("/camps/:camp/cards/redraw/:redraw/cancel", h.cancelRedraw)

	g.GET("/camps", h.listCamps)
	g.GET("/camps/new", h.newCamp)
	g.POST("/camps", h.openCamp)
	g.GET("/camps/:camp", h.showCamp)
	g.GET("/camps/:camp/edit", h.showCampForm)
	g.POST("/camps/:camp/edit", h.saveCamp)
	g.POST("/camps/:camp/publish", h.publishCamp)
	g.POST("/camps/:camp/close", h.closeCamp)
	g.POST("/camps/:camp/clone", h.cloneCamp)
	g.POST("/camps/:camp/archive", h.archiveCamp)
	g.POST("/camps/:camp/unarchive", h.unarchiveCamp)
	g.GET("/camps/:camp/code.jpg", h.shareCode)

	g.GET("/camps/:camp/tasks", h.listTasks)
	g.GET("/camps/:camp/tasks/new", h.newTask)
	g.POST("/camps/:camp/tasks", h.addTask)
	g.POST("/camps/:camp/tasks/preview", h.previewTask)
	g.POST("/camps/:camp/tasks/move", h.moveTask)
	g.POST("/camps/:camp/tasks/:task/pin", h.pinTask)
	g.GET("/camps/:camp/tasks/:task/answers", h.listAnswers)
	g.GET("/camps/:camp/materials", h.listMaterials)
	g.POST("/camps/:camp/materials", h.addMaterials)
	g.POST("/camps/:camp/materials/:material", h.saveMaterial)
	g.POST("/camps/:camp/materials/:material/remove", h.removeMaterial)
	g.GET("/camps/:camp/progress", h.showMatrix)
	g.GET("/camps/:camp/tasks/import", h.showTaskImport)
	g.POST("/camps/:camp/tasks/import", h.importTasks)
	g.POST("/camps/:camp/tasks/import/apply", h.applyTaskImport)
	g.GET("/camps/:camp/tasks/template", h.taskTemplate)
	g.GET("/camps/:camp/tasks/:task", h.showTask)
	g.POST("/camps/:camp/tasks/:task", h.saveTask)
	g.POST("/camps/:camp/tasks/:task/remove", h.removeTask)

	g.GET("/camps/:camp/levels", h.listLevels)
	g.GET("/camps/:camp/levels/:level", h.showLevel)
	g.POST("/camps/:camp/levels/:level", h.saveLevel)
	g.POST("/camps/:camp/levels/:level/move", h.moveLevel)
	g.POST("/camps/:camp/levels/:level/remove", h.removeLevel)
	g.GET("/camps/:camp/badges", h.listBadges)
	g.POST("/camps/:camp/badges", h.saveBadge)
	g.GET("/camps/:camp/badges/:badge", h.showBadge)
	g.POST("/camps/:camp/badges/:badge", h.saveBadge)
	g.POST("/camps/:camp/badges/:badge/remove", h.removeBadge)
	g.GET("/organisers/:organiser/badges", h.listBadges)
	g.POST("/organisers/:organiser/badges", h.saveBadge)
	g.GET("/organisers/:organiser/badges/:badge", h.showBadge)
	g.POST("/organisers/:organiser/badges/:badge", h.saveBadge)
	g.POST("/organisers/:organiser/badges/:badge/remove", h.removeBadge)

	g.GET("/camps/:camp/feed", h.showFeed)
	g.POST("/camps/:camp/feed/:checkin", h.actOnFeed)
	g.GET("/camps/:camp/topics", h.listTopics)
	g.POST("/camps/:camp/topics", h.saveTopics)
	g.GET("/camps/:camp/ranking", h.showRanking)

	g.GET("/camps/:camp/teams", h.showTeams)
	g.POST("/camps/:camp/teams", h.addTeam)
	g.POST("/camps/:camp/teams/assign", h.assignTeam)
	g.GET("/camps/:camp/teams/sheet", h.teamSheet)
	g.POST("/camps/:camp/teams/import", h.importTeams)
	g.POST("/camps/:camp/teams/preview", h.previewTeams)
	g.POST("/camps/:camp/teams/apply", h.applyTeams)
	g.POST("/camps/:camp/teams/:team/rename", h.renameTeam)
	g.POST("/camps/:camp/teams/:team/remove", h.removeTeam)

	g.GET("/camps/:camp/exports", h.listExports)
	g.POST("/camps/:camp/exports", h.askExport)
	g.POST("/camps/:camp/exports/:export/cancel", h.cancelExport)
	g.GET("/camps/:camp/exports/:export/file", h.fetchExport)

	g.GET("/camps/:camp/risk", h.showRisk)
	g.POST("/camps/:camp/risk", h.saveRisk)

	g.GET("/camps/:camp/form", h.showForm)
	g.POST("/camps/:camp/form", h.saveForm)

	g.GET("/camps/:camp/price", h.showPrice)
	g.POST("/camps/:camp/price", h.savePrice)
	g.GET("/camps/:camp/pool", h.showPool)
	g.POST("/camps/:camp/pool", h.savePool)
	g.POST("/camps/:camp/pool/open", h.poolAct(h.openPool, "奖学金池已开启，学员可以购买奖学金名额了"))
	g.POST("/camps/:camp/pool/compute", h.poolAct(h.computePool, "正在计算名单，稍后刷新；你已作为第一位确认人"))
	g.POST("/camps/:camp/pool/sign", h.poolAct(h.signPool, "已确认"))
	g.POST("/camps/:camp/pool/cancel", h.poolAct(h.cancelPool, "奖学金池正在取消，所有人的奖学金部分会原路退回"))
	g.GET("/camps/:camp/pool/file", h.poolFile)
	g.GET("/camps/:camp/pool/members", h.listPoolMembers)
	g.GET("/camps/:camp/pool/members/:member", h.showPoolMember)
	g.POST("/camps/:camp/pool/members/:member/appeal", h.memberAct(h.decideAppeal, "已答复申诉"))
	g.POST("/camps/:camp/pool/members/:member/bar", h.memberAct(h.barMember, "已保存"))
	g.POST("/camps/:camp/pool/members/:member/pay", h.memberAct(h.payMember, "已重新查看"))
	g.GET("/camps/:camp/ledger", h.showLedger)
	g.GET("/organisers/:organiser/ledger", h.showHouseLedger)
	g.GET("/organisers/:organiser/orders", h.listHouseOrders)
	g.GET("/money", h.showMoney)
	g.POST("/money", h.decideMoney)
	g.GET("/camps/:camp/orders", h.listOrders)
	g.GET("/camps/:camp/orders/:order", h.showOrder)
	g.POST("/camps/:camp/orders/:order/refund", h.refundOrder)
	g.POST("/camps/:camp/orders/:order/again", h.refundAgain)
	g.POST("/camps/:camp/orders/:order/dismiss", h.dismissTrouble)

	g.GET("/camps/:camp/invitations", h.listInvitations)
	g.POST("/camps/:camp/invitations", h.invite)
	g.POST("/camps/:camp/invitations/:invitation/revoke", h.revokeInvitation)
	g.GET("/camps/:camp/quizzes", h.listQuizzes)
	g.GET("/camps/:camp/quizzes/new", h.newQuiz)
	g.POST("/camps/:camp/quizzes", h.addQuiz)
	g.GET("/camps/:camp/quizzes/:quiz", h.showQuiz)
	g.POST("/camps/:camp/quizzes/:quiz", h.saveQuiz)
	g.POST("/camps/:camp/quizzes/:quiz/questions", h.arrangeQuiz)
	g.POST("/camps/:camp/quizzes/:quiz/include", h.includeQuestions)
	g.POST("/camps/:camp/quizzes/:quiz/remove", h.removeQuiz)
	g.GET("/camps/:camp/quizzes/:quiz/results", h.showResults)
	g.GET("/camps/:camp/quizzes/:quiz/statistics", h.showStatistics)
	g.GET("/camps/:camp/quizzes/:quiz/attempts/:attempt", h.showAttempt)
	g.POST("/camps/:camp/quizzes/:quiz/attempts/:attempt", h.gradeAttempt)
	g.GET("/camps/:camp/quizzes/:quiz/regrades", h.listRegrades)
	g.POST("/camps/:camp/quizzes/:quiz/regrades", h.regrade)

	g.GET("/camps/:camp/questions", h.listQuestions)
	g.GET("/camps/:camp/questions/new", h.newQuestion)
	g.POST("/camps/:camp/questions", h.addQuestion)
	g.GET("/camps/:camp/questions/import", h.showImport)
	g.POST("/camps/:camp/questions/import", h.importQuestions)
	g.GET("/camps/:camp/questions/template", h.questionTemplate)
	g.GET("/camps/:camp/questions/:question", h.showQuestion)
	g.POST("/camps/:camp/questions/:question", h.saveQuestion)
	g.POST("/camps/:camp/questions/:question/remove", h.removeQuestion)

	g.GET("/camps/:camp/today", h.showBoard)
	g.GET("/camps/:camp/learners/:member", h.showLearner)
	g.POST("/camps/:camp/learners/:member/remove", h.removeLearner)
	g.POST("/camps/:camp/learners/:member/readmit", h.readmitLearner)
	g.GET("/camps/:camp/waiting", h.showWaiting)

	g.GET("/camps/:camp/notices", h.listNotices)

	g.GET("/camps/:camp/stats", h.showStats)
	g.POST("/camps/:camp/stats/recount", h.recountStats)
	g.GET("/organisers/:organiser/stats", h.showHouseStats)

	g.GET("/reviews", h.showDesk)
	g.GET("/reviews/:checkin", h.showDesk)
	g.GET("/camps/:camp/remarks", h.listRemarks)
	g.POST("/camps/:camp/remarks", h.addRemark)
	g.POST("/camps/:camp/remarks/:remark/remove", h.removeRemark)
	g.GET("/camps/:camp/latency", h.showLatency)
	g.GET("/camps/:camp/reviews", h.showDesk)
	g.GET("/camps/:camp/reviews/:checkin", h.showDesk)
	g.POST("/camps/:camp/reviews/:checkin", h.saveReview)
	g.POST("/camps/:camp/reviews/:checkin/draft", h.keepDraft)
	g.POST("/camps/:camp/reviews/:checkin/undo", h.undoReview)
	g.POST("/camps/:camp/reviews/:checkin/reopen", h.reopenReview)
	g.POST("/camps/:camp/reviews/:checkin/show", h.showCheckin)
	g.POST("/camps/:camp/reviews/:checkin/hide", h.hideCheckin)

	g.GET("/moderation", h.showModeration)
	g.POST("/moderation/bulk", h.moderateMany)
	g.GET("/moderation/hidden", h.showHidden)
	g.GET("/moderation/:case", h.showModeration)
	g.POST("/moderation/:case", h.moderate)
	g.POST("/moderation/:case/undo", h.undoModeration)
	g.POST("/moderation/:case/unhide", h.unhide)
	g.GET("/moderation/:case/record", h.showRecord)

	g.POST("/media", h.beginMedia)
	g.POST("/media/:media/complete", h.completeMedia)

	g.GET("/privacy", h.listWishes, need(domain.RightOperate))
	g.POST("/privacy/:member/proceed", h.proceedWish, need(domain.RightOperate))

	g.GET("/jobs", h.listJobs, need(domain.RightOperate))
	g.POST("/jobs/retry", h.retryJob, need(domain.RightOperate))
}

// pages are those that the build embedded, read once.
var pages = sync.OnceValue(func() *web.Pages {
	address, err := assets(templates.Static())
	if err != nil {
		panic("console: " + err.Error())
	}
	pages, err := web.ParsePages(templates.Console(), funcs(address))
	if err != nil {
		panic("console: " + err.Error())
	}
	return pages
})

func newConsole(s *web.Services, o Options) *console {
	if o.Limits == (web.Limits{}) {
		o.Limits = web.DefaultLimits
	}
	return &console{Services: s, pages: pages(), cookies: web.Cookies{Secure: o.Secure}, csp: policy(o.MediaOrigin), limits: o.Limits}
}

// policy is what a page may load: our own files, and media from where they are stored. Nothing inline.
func policy(media string) string {
	return fmt.Sprintf("default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob: %[1]s; "+
		"media-src 'self' blob: %[1]s; connect-src 'self' %[1]s; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", media)
}

// SetCookie signs the browser in with what session.Service.OpenConsole gave.
func SetCookie(c echo.Context, cookie string, secure bool) {
	web.Cookies{Secure: secure}.Set(c, web.CookieSession, cookie, session.ConsoleLife)
}

func (h *console) now() time.Time { return h.Clock.Now() }
