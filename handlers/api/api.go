// Package api is the mini-program's JSON API: typed operations below /api/v1, described in OpenAPI 3.1.
package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"

	"yingdi/handlers/web"
)

// Base is the path below which all operations lie.
const Base = "/api/v1"

type api struct{ *web.Services }

// Mount adds the operations and their description to e.
func Mount(e *echo.Echo, s *web.Services, limits web.Limits) {
	config := huma.DefaultConfig("Yingdi 营地", "1")
	config.CreateHooks = nil
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = description
	config.Servers = []*huma.Server{{URL: Base}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{bearer: {
		Type: "http", Scheme: "bearer", Description: "The access_token of POST /sessions.",
	}}
	r := &router{
		api: humaecho.NewWithGroup(e, e.Group(Base), config),
		s:   s,
	}
	routes(r, &api{s}, limits)
	describe(e, r.api.OpenAPI())
}

// routes is every operation on one screen: who may ask at all, how often, where, what. What a person may do beyond
// that, the use case decides.
func routes(r *router, a *api, l web.Limits) {
	r.tag = "Sessions 登录"
	create(r, open, l.SignIn, "/sessions", "sign-in", "Sign in with a wx.login code · 登录", a.signIn)
	add(r, open, l.SignIn, "POST /sessions/refresh", "renew-session", "Trade a refresh token for new tokens · 续期", a.renew)
	add(r, undecided, l.Write, "DELETE /sessions/current", "sign-out", "End this session · 退出登录", a.signOut)
	add(r, undecided, l.Write, "DELETE /sessions", "sign-out-everywhere", "End every session of mine · 退出所有设备", a.signOutEverywhere)
	add(r, undecided, l.Write, "POST /signins/{scene}/scan", "scan-signin", "A console sign-in code was scanned · 扫码", a.scan)
	add(r, undecided, l.Write, "POST /signins/{scene}/confirm", "confirm-signin", "Sign the browser in · 确认登录后台", a.confirm)
	add(r, undecided, l.Write, "POST /signins/{scene}/refuse", "refuse-signin", "Do not sign the browser in · 取消登录后台", a.refuse)

	r.tag = "Me 我"
	add(r, signedIn, l.Read, "GET /me", "me", "Who I am · 我的资料", a.me)
	add(r, signedIn, l.Write, "PATCH /me", "change-me", "Change nickname or avatar · 修改资料", a.changeMe)
	add(r, signedIn, l.Write, "POST /me/phone", "bind-phone", "Bind the phone number that WeChat vouches for · 绑定手机号", a.bindPhone)
	add(r, signedIn, l.Read, "GET /me/enrolments", "my-enrolments", "The camps I am in · 我的训练营", a.myEnrolments)
	add(r, signedIn, l.Read, "GET /me/badges", "my-badges", "My badges, the newest first · 我的徽章", a.badges)
	add(r, signedIn, l.Read, "GET /notices", "notices", "My inbox, the newest first · 消息", a.notices)
	add(r, signedIn, l.Read, "GET /notices/unread", "unread-notices", "How much of my inbox I have not read · 未读数", a.unreadNotices)
	add(r, signedIn, l.Write, "POST /notices/read", "read-notices", "I have read everything that is there by now · 全部已读", a.readNotices)
	add(r, signedIn, l.Read, "GET /me/notices/settings", "notice-settings", "How I want to be told · 通知设置", a.noticeSettings)
	add(r, signedIn, l.Write, "PUT /me/notices/settings", "change-notice-settings", "Switch kinds off, choose quiet hours · 修改通知设置", a.changeNoticeSettings)
	add(r, signedIn, l.Read, "GET /me/notices/templates", "notice-templates", "The templates to ask my consent for · 订阅消息模板", a.noticeTemplates)
	add(r, signedIn, l.Write, "POST /notices/{notice}/read", "read-notice", "I have read it · 标为已读", a.readNotice)

	add(r, anyone, l.Visit, "GET /privacy", "privacy", "The privacy policy, and whether I have agreed to it · 隐私政策", a.privacy)
	add(r, undecided, l.Write, "POST /me/consent", "agree", "I agree to the privacy policy; again changes nothing · 同意隐私政策", a.agree)
	add(r, undecided, l.Read, "GET /me/download", "download", "The copy of my data, if I asked for one · 我的数据副本", a.download)
	add(r, undecided, l.Write, "POST /me/download", "ask-download", "Ask for a copy of everything about me; one at a time · 下载我的数据", a.askDownload)
	add(r, undecided, l.Read, "GET /me/deletion", "deletion", "My wish to have the account deleted, if there is one · 注销申请", a.deletion)
	add(r, undecided, l.Write, "POST /me/deletion", "ask-deletion", "Delete my account after seven days; again changes nothing · 注销账号", a.askDeletion)
	add(r, undecided, l.Write, "DELETE /me/deletion", "cancel-deletion", "Keep my account after all · 取消注销", a.cancelDeletion)

	add(r, signedIn, l.SignIn, "POST /invitations/look", "invitation", "What an invitation to the staff offers · 查看邀请", a.invitation)
	add(r, signedIn, l.SignIn, "POST /invitations/accept", "accept-invitation", "Take the role; again changes nothing · 接受邀请", a.acceptInvitation)

	r.tag = "Camps 训练营"
	add(r, anyone, l.Visit, "GET /camps", "camps", "Published camps, the latest start first · 训练营列表", a.camps)
	add(r, anyone, l.Visit, "GET /camps/{camp}", "camp", "One camp, and whether I am in it · 训练营", a.camp)
	add(r, anyone, l.Visit, "GET /camps/{camp}/trial", "trial", "Lessons that everybody may read before they enrol · 试看", a.samples)
	add(r, signedIn, l.Read, "GET /camps/{camp}/form", "form", "What the camp asks at enrolment · 报名表", a.form)
	create(r, signedIn, l.Write, "/camps/{camp}/enrolments", "enrol", "Take a seat; again gives the same one · 报名", a.enrol)
	add(r, signedIn, l.Read, "GET /camps/{camp}/place", "place", "How I stand to the camp: enrolled, waiting, offered a seat · 我的名额", a.place)
	add(r, signedIn, l.Write, "DELETE /camps/{camp}/place", "leave", "Give back my seat, or my place in the queue; again changes nothing · 退出训练营或候补", a.leave)
	add(r, signedIn, l.Write, "PUT /camps/{camp}/place/waiting", "wait", "Queue for a seat of a camp that is full; again changes nothing · 候补", a.wait)
	add(r, signedIn, l.Read, "GET /camps/{camp}/reply", "my-reply", "What I answered at enrolment · 我填写的报名表", a.reply)
	add(r, signedIn, l.Read, "GET /camps/{camp}/at-risk", "at-risk", "For staff: who may drop out, and why · 需关注的学员", a.atRisk)
	add(r, signedIn, l.Read, "GET /camps/{camp}/statistics", "statistics", "For staff: the camp's numbers by day · 数据", a.statistics)
	add(r, signedIn, l.Read, "GET /camps/{camp}/today", "today", "What there is to do today · 今天", a.today)
	add(r, signedIn, l.Read, "GET /camps/{camp}/tasks", "tasks", "The tasks that I may see, and how far I am · 我的任务", a.tasks)
	add(r, signedIn, l.Read, "GET /camps/{camp}/tasks/{task}", "task", "A task with its content · 任务", a.task)
	create(r, signedIn, l.Write, "/camps/{camp}/tasks/{task}/read", "read-task", "I have read it; again changes nothing · 已读", a.readTask)
	create(r, signedIn, l.Write, "/camps/{camp}/tasks/{task}/answers", "answer-task", "Answer what it asks; again replaces the answers · 填写表单", a.answerTask)
	add(r, signedIn, l.Read, "GET /camps/{camp}/materials", "materials", "Files for those in the camp · 资料", a.materials)
	add(r, signedIn, l.Read, "GET /camps/{camp}/calendar", "calendar", "My days in the camp · 打卡日历", a.calendar)
	add(r, signedIn, l.Read, "GET /camps/{camp}/team", "my-team", "My team in the camp and who is in it · 我的小组", a.team)
	add(r, signedIn, l.Write, "PUT /camps/{camp}/invite-card", "invite-card", "My card to invite others with; drawn when first asked for · 邀请卡", a.inviteCard)
	add(r, signedIn, l.Read, "GET /camps/{camp}/levels", "course-map", "A course's levels, and how each stands for me · 闯关地图", a.courseMap)
	add(r, signedIn, l.Read, "GET /camps/{camp}/levels/{level}", "level", "An open level and its tasks · 关卡", a.level)
	add(r, signedIn, l.Read, "GET /camps/{camp}/peers", "peers", "Who else is at my level of the course · 同关的学员", a.peers)
	add(r, signedIn, l.Write, "PUT /camps/{camp}/scene", "share-camp", "My link to share the camp with, always the same · 分享链接", a.shareCamp)
	add(r, anyone, l.Visit, "GET /scenes/{scene}", "scene", "Where a scanned code leads · 小程序码", a.scene)
	add(r, anyone, l.Visit, "POST /scenes/{scene}/visits", "visit-scene", "I have come by a code or a link; says where it leads. Again changes nothing · 来访", a.visitScene)
	add(r, anyone, l.Visit, "GET /scenes/{scene}/camps", "scene-camps", "What one can enrol in where a scene of a channel leads · 渠道页的训练营", a.sceneCamps)

	r.tag = "Orders 订单"
	add(r, anyone, l.Visit, "GET /camps/{camp}/offers", "offers", "What the seats of a camp cost; none if they are free · 名额与价格", a.offers)
	add(r, signedIn, l.Read, "GET /camps/{camp}/offers/{offer}/preview", "preview-order", "The price, line by line, and what would come back · 订单预览", a.preview)
	create(r, signedIn, l.Write, "/camps/{camp}/orders", "place-order", "Order a seat, which is then held; again gives the order that waits · 下单", a.placeOrder)
	add(r, signedIn, l.Read, "GET /camps/{camp}/pool", "pool", "The camp's scholarship pool: its rules in words, its stage, my part · 奖学金池", a.pool)
	add(r, signedIn, l.Write, "PUT /camps/{camp}/pool/consent", "agree-pool", "I have read these rules and am of age; before ordering · 同意奖学金规则", a.agreePool)
	add(r, signedIn, l.Read, "GET /camps/{camp}/pool/evidence", "pool-evidence", "Why I qualify or do not, day by day · 我的达标记录", a.poolEvidence)
	add(r, signedIn, l.Write, "POST /camps/{camp}/pool/appeals", "appeal-pool", "Say why a day should count · 申诉", a.appealPool)
	add(r, signedIn, l.Read, "GET /orders", "orders", "My orders, the newest first · 我的订单", a.orders)
	add(r, signedIn, l.Read, "GET /orders/{order}", "order", "One order of mine · 订单", a.order)
	add(r, signedIn, l.Write, "POST /orders/{order}/pay", "pay-order", "What wx.requestPayment wants · 支付", a.payOrder)
	add(r, signedIn, l.Write, "POST /orders/{order}/cancel", "cancel-order", "Give up an order that is not paid · 取消订单", a.cancelOrder)
	add(r, signedIn, l.Read, "GET /orders/{order}/refund", "refundable", "What I would get back now · 可退金额", a.refundable)
	add(r, signedIn, l.Write, "POST /orders/{order}/refund", "refund-order", "Give up the seat for what the policy gives back · 申请退款", a.refundOrder)

	r.tag = "Money for me 我的钱"
	add(r, signedIn, l.Read, "GET /transfers", "transfers", "Money on its way to my WeChat balance, the newest first · 我的收款", a.transfers)
	add(r, signedIn, l.Read, "GET /transfers/{transfer}", "transfer", "One of them · 收款", a.transfer)
	add(r, signedIn, l.Write, "POST /transfers/{transfer}/confirm", "confirm-transfer", "What wx.requestMerchantTransfer wants · 确认收款", a.confirmTransfer)
	add(r, signedIn, l.Write, "POST /transfers/{transfer}/claim", "claim-transfer", "Have it offered again after it expired or failed; again changes nothing · 重新领取", a.claimTransfer)
	add(r, signedIn, l.Read, "GET /wallets", "wallets", "What organisers owe me, and how much I can withdraw · 我的钱包", a.wallets)
	add(r, signedIn, l.Read, "GET /wallets/{organiser}/entries", "wallet-entries", "What came into a wallet and went out, the newest first · 收支明细", a.walletEntries)
	create(r, signedIn, l.Write, "/wallets/{organiser}/withdrawals", "withdraw", "Have a part sent to my WeChat balance · 提现", a.withdraw)
	add(r, signedIn, l.Read, "GET /withdrawals", "withdrawals", "My withdrawals, the newest first · 提现记录", a.withdrawals)
	add(r, signedIn, l.Write, "POST /withdrawals/{withdrawal}/cancel", "cancel-withdrawal", "Take a withdrawal back that has not arrived · 取消提现", a.cancelWithdrawal)

	r.tag = "Coupons 优惠券"
	add(r, anyone, l.Visit, "GET /camps/{camp}/coupons", "camp-coupons", "Coupons that can be claimed for the camp · 可领的优惠券", a.couponOffers)
	create(r, signedIn, l.Write, "/coupon-templates/{template}/coupons", "claim-coupon", "Get a coupon; the same number again gives the same one · 领取优惠券", a.claimCoupon)
	add(r, signedIn, l.SignIn, "POST /coupons/redeem", "redeem-code", "Turn a code into a coupon; again gives the same one · 使用兑换码", a.redeemCode)
	add(r, signedIn, l.Read, "GET /me/coupons", "my-coupons", "My coupons, the newest first · 我的优惠券", a.coupons)

	r.tag = "Group-buys 拼团"
	add(r, anyone, l.Visit, "GET /camps/{camp}/groupbuys", "groupbuys", "Campaigns under which seats of the camp are sold to groups · 拼团活动", a.groupbuys)
	add(r, anyone, l.Visit, "GET /groupbuys/{groupbuy}/groups", "groups", "Groups that one can join, the one that ends first first · 可参加的团", a.groups)
	add(r, anyone, l.Visit, "GET /groups/{group}", "group", "A group: who is in, how many are missing, until when · 团", a.group)
	add(r, signedIn, l.Write, "PUT /groups/{group}/scene", "share-group", "My link to share the group with, always the same · 分享拼团", a.shareGroup)
	r.tag = "Referral 推广"
	add(r, signedIn, l.Read, "GET /camps/{camp}/referral", "referral-offer", "What there is to earn by recommending the camp, and my link · 推广说明", a.referralOffer)
	create(r, signedIn, l.Write, "/camps/{camp}/referral", "join-referral", "Become a promoter of the camp's organiser, at no cost; again changes nothing · 成为推广员", a.joinReferral)
	add(r, signedIn, l.Write, "PUT /scenes/{scene}/referral", "bind-referral", "I came by this code: be bound to who recommended me; to be called on arrival with any scene · 绑定推荐人", a.bindReferral)
	add(r, signedIn, l.Read, "GET /me/referrals", "my-referrals", "What I recommend, and what it brought · 我的推广", a.referrals)
	add(r, signedIn, l.Read, "GET /me/referrals/{organiser}/commissions", "my-commissions", "What orders earned me, the newest first · 佣金明细", a.commissions)
	add(r, signedIn, l.Read, "GET /me/referrals/{organiser}/people", "my-people", "Who came by me, the newest first · 我推荐的人", a.recommended)
	add(r, signedIn, l.Read, "GET /me/referrals/{organiser}/ranking", "referral-ranking", "How the organiser's promoters stand · 推广排名", a.referralRanking)

	r.tag = "Assists 助力"
	add(r, anyone, l.Visit, "GET /camps/{camp}/assist-campaigns", "assist-campaigns", "Campaigns in which friends can bring a price of the camp down · 助力活动", a.assistCampaigns)
	create(r, signedIn, l.Write, "/assist-campaigns/{campaign}/assists", "start-assist", "Start mine; one that is under way is given back · 发起助力", a.startAssist)
	add(r, anyone, l.Visit, "GET /assists/{assist}", "assist", "How an assist stands, and whether I can help · 助力", a.assist)
	add(r, signedIn, l.Write, "POST /assists/{assist}/help", "help-assist", "Help a friend; again changes nothing · 帮好友助力", a.helpAssist)
	add(r, signedIn, l.Write, "PUT /assists/{assist}/scene", "share-assist", "My link by which friends find the assist, always the same · 助力链接", a.shareAssist)
	add(r, signedIn, l.Read, "GET /me/assists", "my-assists", "Those that I started, the newest first · 我的助力", a.myAssists)

	r.tag = "Media 素材"
	create(r, signedIn, l.Upload, "/media", "begin-upload", "Announce a file and get the form to send it with · 申请上传", a.beginUpload)
	add(r, signedIn, l.Upload, "POST /media/{media}/complete", "complete-upload", "The file is sent · 完成上传", a.completeUpload)

	r.tag = "Quizzes 测评"
	add(r, signedIn, l.Read, "GET /camps/{camp}/quizzes/{quiz}", "quiz", "A quiz, and how it stands for me · 测评", a.quiz)
	create(r, signedIn, l.Write, "/camps/{camp}/quizzes/{quiz}/attempts", "start-attempt", "Begin my next attempt, or go on with the one under way · 开始作答", a.startAttempt)
	add(r, signedIn, l.Read, "GET /attempts/{attempt}", "attempt", "An attempt of mine, with what may be revealed by now · 作答", a.attempt)
	add(r, signedIn, l.Write, "PUT /attempts/{attempt}/answers", "save-answers", "Keep answers as they are given · 保存答案", a.saveAnswers)
	add(r, signedIn, l.Write, "POST /attempts/{attempt}/submit", "submit-attempt", "Hand in; again changes nothing · 提交", a.submitAttempt)

	r.tag = "Check-ins 打卡"
	create(r, signedIn, l.Write, "/camps/{camp}/checkins", "check-in", "Hand in for a task of today; again gives the first back · 打卡", a.submit)
	add(r, signedIn, l.Read, "GET /camps/{camp}/checkins", "feed", "What the camp's learners show, on the first page what is pinned on top; or my own · 动态", a.feed)
	add(r, signedIn, l.Read, "GET /checkins/{checkin}", "checkin", "One check-in · 打卡详情", a.checkin)
	add(r, signedIn, l.Write, "PUT /checkins/{checkin}", "edit-checkin", "Change it until its day ends · 修改打卡", a.editCheckin)
	add(r, signedIn, l.Write, "DELETE /checkins/{checkin}", "delete-checkin", "Take it away; today's can be handed in anew · 删除打卡", a.deleteCheckin)
	add(r, signedIn, l.Write, "PUT /checkins/{checkin}/like", "like", "I like it · 点赞", a.like)
	add(r, signedIn, l.Write, "DELETE /checkins/{checkin}/like", "unlike", "I no longer do · 取消点赞", a.unlike)
	add(r, signedIn, l.Read, "GET /checkins/{checkin}/comments", "comments", "Comments, the oldest first · 评论列表", a.comments)
	create(r, signedIn, l.Comment, "/checkins/{checkin}/comments", "comment", "Say something; shown once it has passed the check · 评论", a.say)
	add(r, signedIn, l.Read, "GET /report-reasons", "report-reasons", "What a report can be about · 举报原因", a.reportReasons)
	create(r, signedIn, l.Comment, "/checkins/{checkin}/reports", "report-checkin", "Something is wrong with it; again changes nothing · 举报打卡", a.reportCheckin)
	create(r, signedIn, l.Comment, "/comments/{comment}/reports", "report-comment", "Something is wrong with it; again changes nothing · 举报评论", a.reportComment)
	add(r, signedIn, l.Write, "DELETE /comments/{comment}", "delete-comment", "Take a comment of mine away · 删除评论", a.unsay)
	add(r, signedIn, l.Read, "GET /camps/{camp}/topics", "topics", "What learners write about: what staff offer, then the most frequent · 话题", a.topics)
	add(r, signedIn, l.Write, "PUT /checkins/{checkin}/pin", "pin", "For staff: keep it at the top of the feed; five at most · 置顶", a.pin)
	add(r, signedIn, l.Write, "DELETE /checkins/{checkin}/pin", "unpin", "For staff: no longer · 取消置顶", a.unpin)
	add(r, signedIn, l.Write, "PUT /checkins/{checkin}/feature", "feature", "For staff: choose it for all to see; its author is told · 精选", a.feature)
	add(r, signedIn, l.Write, "DELETE /checkins/{checkin}/feature", "unfeature", "For staff: no longer · 取消精选", a.unfeature)
	add(r, signedIn, l.Read, "GET /camps/{camp}/ranking", "ranking", "Who has done the most, and where I stand · 排行榜", a.ranking)
	add(r, signedIn, l.Read, "GET /checkins/{checkin}/card", "card", "The day's sign-card · 日签", a.card)
	add(r, signedIn, l.Write, "POST /checkins/{checkin}/redo", "redo-checkin", "Hand in again what a teacher has returned · 重做", a.redo)
	add(r, signedIn, l.Read, "GET /checkins/{checkin}/submissions", "submissions", "What was handed in before, for its author and staff · 历次提交", a.submissions)
	add(r, signedIn, l.Read, "GET /reviews", "review-queue", "For staff: what waits for a review, the longest first · 待点评", a.reviewQueue)
	add(r, signedIn, l.Write, "POST /checkins/{checkin}/review/take", "take-review", "For staff: put it on my desk; again prolongs · 领取点评", a.takeReview)
	add(r, signedIn, l.Write, "DELETE /checkins/{checkin}/review/take", "let-go-review", "For staff: give it back to the queue · 放回", a.letGoReview)
	add(r, signedIn, l.Write, "PUT /checkins/{checkin}/review", "save-review", "For staff: keep a draft · 存点评草稿", a.saveReview)
	add(r, signedIn, l.Write, "POST /checkins/{checkin}/review/release", "release-review", "For staff: show it to the learner, or return the work · 发布点评", a.releaseReview)
	add(r, signedIn, l.Write, "POST /checkins/{checkin}/review/undo", "undo-review", "For staff: take a release back before the learner knows · 撤销发布", a.undoReview)
	add(r, signedIn, l.Write, "POST /checkins/{checkin}/review/reopen", "reopen-review", "For staff: change what was released · 重新打开点评", a.reopenReview)
	add(r, signedIn, l.Read, "GET /checkins/{checkin}/review", "review", "What the teacher said to my check-in · 点评", a.review)
}

// access says who may ask at all.
type access int

const (
	open      access = iota // nobody is asked who they are
	anyone                  // also those who have not signed in
	signedIn                // only those who have, and who have agreed to the privacy policy if they change something
	undecided               // only those who have signed in, whatever they agreed to
)

const bearer = "bearer"

type router struct {
	api huma.API
	s   *web.Services
	tag string
}

type handler[I, O any] = func(context.Context, *I) (*O, error)

// add mounts an operation at "METHOD /path".
func add[I, O any](r *router, who access, rule web.Rule, at, id, summary string, h handler[I, O]) {
	method, path, _ := strings.Cut(at, " ")
	mount(r, who, rule, huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary}, h)
}

// create mounts an operation that makes something new.
func create[I, O any](r *router, who access, rule web.Rule, path, id, summary string, h handler[I, O]) {
	mount(r, who, rule, huma.Operation{
		Method: http.MethodPost, Path: path, OperationID: id, Summary: summary, DefaultStatus: http.StatusCreated,
	}, h)
}

func mount[I, O any](r *router, who access, rule web.Rule, op huma.Operation, h handler[I, O]) {
	op.Tags = []string{r.tag}
	op.MaxBodyBytes = -1 // web.Bounded holds
	chain := []echo.MiddlewareFunc{web.Within(web.RequestLife), web.Bounded(web.MaxBody), unescaped}
	if who != open {
		chain = append(chain, web.Bearer(r.s.Sessions.Authenticate))
		op.Security = []map[string][]string{{bearer: {}}}
	}
	if who == anyone {
		op.Security = append(op.Security, map[string][]string{})
	}
	chain = append(chain, web.Hold(r.s.Limiter, r.s.Log, rule))
	if who == signedIn || who == undecided {
		chain = append(chain, web.Member)
	}
	if who == signedIn && op.Method != http.MethodGet {
		chain = append(chain, web.Agreed(r.s.Privacy.Require))
	}
	if op.Method == http.MethodPost {
		chain = append(chain, remembered(r.s.Idempotency))
		op.Parameters = append(op.Parameters, keyParameter)
	}
	op.Middlewares = huma.Middlewares{through(chain)}
	huma.Register(r.api, op, h)
}

// through runs echo's middlewares around one typed operation.
func through(chain []echo.MiddlewareFunc) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humaecho.Unwrap(ctx)
		run := func(echo.Context) error {
			next(ctx)
			return nil
		}
		for i := len(chain) - 1; i >= 0; i-- {
			run = chain[i](run)
		}
		if err := run(c); err != nil {
			web.HandleError(err, c)
		}
	}
}
