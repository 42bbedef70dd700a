// Package domain is the shared kernel: errors, money, days, pages, actors, events, ids, secrets and steps. Each feature
// has a package below it; a feature imports others only downwards, in the order that imports_test.go lists.
//
// Glossary (中文 → Go; the words on the right are the only ones used in code):
//
//	机构            organiser.Organiser      发起人/负责人   domain.RoleOwner
//	共管/老师       domain.RoleTeacher       点评老师        domain.RoleReviewer
//	社群运营        domain.RoleManager       管理员          domain.RoleAdmin
//	学员/成员       member.Member            登录            session.Session
//	扫码登录        session.Ticket           训练营/期       camp.Camp
//	闯关课          camp.KindCourse, course.Course         关卡            course.Level
//	解锁条件        course.Rule, Facts       闯关进度        course.Progress
//	徽章            course.Badge, Award
//	名额            camp.Camp.Seats          开营/结营       camp.Camp.Start, End
//	学习日历        camp.Pace, camp.Own      收尾            camp.PhaseClosing
//	候补/退出/移出  enrolment.Waiting, Offered, Left, Removed   新一期          camp.Camp.Copy
//	试看            lesson.Sample            归档            camp.Camp.Archived
//	截止钟点        domain.Calendar.CutOff   任务            lesson.Task
//	报名            enrolment.Enrolment      打卡            checkin.Checkin
//	连续打卡        checkin.Streak           点赞/评论       checkin.Like, checkin.Comment
//	点评/打分       review.Review, Points    素材            media.Media
//	审核            media.Verdict            日签            signcard.Card
//	个人信息/注销   privacy.Download, Deletion               隐私政策    privacy.Policy, Consent
//	内容处理        moderation.Case, Ruling  举报            moderation.Report
//	图库/文案库     signcard.Pictures, Sayings               今日看板        today.Board
//	消息/收件箱     notice.Notice            订阅消息额度    notice.Credit
//	邀请            invitation.Invitation
//	报名表          form.Form, Version       报名表的回答    form.Reply
//	需关注          risk.Learner, Reason, Thresholds
//	分组            team.Team, Place         分组方案        team.Plan
//	测评/作答       quiz.Quiz, Attempt       题/题库         quiz.Question, Service.Bank
//	解析/正确答案   quiz.Key                 重新评分        quiz.Regrade
//	数据/统计       stats.Figures, Count     完成率          stats.Row.Share
//	导出            export.Export            导出记录        export.Export.Fetches
//	内容/段         lesson.Block             资料            lesson.Material
//	已读/填写       study.Mark               学习进度        study.Matrix
//	渠道码          channel.Scene, Target    评分表          lesson.Criterion
//	发件箱          domain.Doc.Outbox        补卡            camp.MakeUps, checkin.Checkin.MadeUp
//	作业/退回重做   lesson.KindHomework, review.Return
//	精选墙/置顶     checkin.Wall             话题/标签       checkin.Topic, Tag
//	排行榜          checkin.Standing         打卡要求        lesson.Need
//	任务导入        lesson.Import            任务排序        lesson.Arrangement
//	文档预览        media.Previewer, View.Pages              缩略图          media.Media.Thumb
//	常用评语        review.Remark            领取点评        review.Claim
//	邀请卡/封面     signcard.Invite, Front   重画日签        signcard.Redraw
//	日签模板/设置   signcard.Template, Setting               密封/换钥       domain.Sealer, Vault
//	提醒            reminder.Service         免打扰时段      notice.Quiet
//	推送            push.Push                重复请求        idempotency.Answer
//	价格/名额种类   product.Product, Offer   订单/支付尝试   order.Order, Attempt
//	优惠/用券规则   order.Deal, Line, Skipped               拼团价/助力价   order.Special
//	优惠券/优惠券活动 coupon.Coupon, Template                  兑换码         coupon.Batch, Code
//	领取/核销/收回   coupon.Service.Claim, Coupon.Use, Revoke  异常来源       source.Source, Rules
//	拼团活动/团/席位 groupbuy.Campaign, Group, Seat            参团记录       groupbuy.Entry
//	分销方案/推广员 referral.Plan, Promoter                    推荐关系        referral.Binding
//	佣金/冻结/扣回  referral.Commission, Frozen, Back          推广排名        referral.Rank
//	助力活动/助力   assist.Campaign, Assist, Help            砍掉的金额      assist.Assist.Cuts
//	退款            order.Refund             支付通知        payment.Notice
//	奖学金池        pool.Pool, Rules         奖学金部分      pool.Member.Part
//	达标记录        pool.Row, Verdict        申诉            pool.Appeal
//	结算/名单       pool.Settlement, Line    发放            pool.Leg, Payout
//	钱包/收支记录   wallet.Wallet, Entry     提现            wallet.Withdrawal
//	转账/收款确认   transfer.Transfer, Confirm               重新领取        transfer.Service.Claim
//	渠道/花费       channel.Channel, Spend   最初/最后来源   channel.Origin, Touch
//	对账            bill.Day                 差异            bill.Case
package domain
