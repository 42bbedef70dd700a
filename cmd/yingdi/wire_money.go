package main

import (
	"slices"

	"context"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/bill"
	"yingdi/domain/camp"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/payment"
	"yingdi/domain/product"
	"yingdi/domain/transfer"
	"yingdi/domain/wallet"
	"yingdi/handlers/web"
	paystore "yingdi/storage/wechatpay"
)

// merchant is what the product needs of WeChat Pay.
type merchant interface {
	order.WeChatPay
	transfer.WeChatPay
	web.PayReceiver
	bill.WeChatPay
}

// joinPay builds the client of the merchant that is configured, or one that refuses everything.
func (a *app) joinPay(context.Context) error {
	p := a.config.Pay
	if !p.Sells() {
		a.merchant = paystore.Nobody{}
		return nil
	}
	private, public, err := p.Keys()
	if err != nil {
		return err
	}
	a.merchant, err = paystore.New(paystore.Options{
		AppID: a.config.WeChat.AppID, MchID: p.MchID, Serial: p.Serial, PrivateKey: private, PublicKeyID: p.PublicKeyID, PublicKey: public,
		APIv3Key: p.APIv3Key, NotifyURL: a.config.URL + "/notify/wechatpay", Scene: p.Scene, Clock: a.clock, BaseURL: p.BaseURL,
	})
	return err
}

// joinMoney builds what has to do with money, on top of the services that are there.
func (a *app) joinMoney(at stores, camps *camp.Service) {
	s := a.services
	s.Products = &product.Service{Store: at.products, Camps: camps, IDs: a.ids, Clock: a.clock}
	// Before the tasks: a camp without tasks cannot be published, so none is without its price when it is.
	camps.Copiers = slices.Insert(camps.Copiers, 0, camp.Copier{Name: "prices", CopyTo: s.Products.CopyTo})
	s.Orders = &order.Service{
		Store: at.orders, Camps: camps, Products: s.Products, Places: s.Enrolments, Members: s.Members, Notices: s.Notices,
		Specials: map[order.LineKind]order.Specials{}, Pay: a.merchant, Channels: channels(a.config.Pay), IDs: a.ids, Clock: a.clock,
	}
	s.Enrolments.Prices, s.Enrolments.Orders = s.Products, s.Orders
	s.Transfers = &transfer.Service{Store: at.transfers, Members: s.Members, Notices: s.Notices, Pay: a.merchant, Clock: a.clock}
	s.Wallets = &wallet.Service{
		Store: at.wallets, Pages: at.walletPages, Withdrawals: at.withdrawals, Transfers: s.Transfers, Notices: s.Notices,
		Rules: withdrawals(a.config.Pay.Withdrawals), IDs: a.ids, Clock: a.clock,
	}
	s.Payments = &payment.Service{Store: at.payments, Orders: s.Orders, Transfers: s.Transfers, Sealer: a.sealer, Clock: a.clock}
	s.Bills = &bill.Service{
		Days: at.billDays, Cases: at.billCases, Pay: a.merchant, Reader: paystore.Bills{}, Bucket: a.bucket,
		Orders: bill.Orders{Store: at.orders, Asker: s.Orders}, Transfers: bill.Transfers{Store: at.transfers, Asker: s.Transfers},
		App: a.config.WeChat.AppID, Sells: a.config.Pay.Sells(), Clock: a.clock,
	}
	a.joinPools(at, camps)
	s.Ledger = &ledger.Service{Books: at.orders, Commissions: at.referrals.Commissions, Camps: camps, Orders: s.Orders, Bills: s.Bills, Transfers: s.Transfers, Wallets: s.Wallets, Pools: s.Pools}
	s.PayReceiver, s.Sells = a.merchant, a.config.Pay.Sells()
}

func channels(p config.Pay) order.Channels {
	list := order.Channels{}
	for kind, phones := range map[camp.Kind]config.Phones{camp.KindDated: p.Channels.Camp, camp.KindCourse: p.Channels.Course} {
		for platform, channel := range map[domain.Platform]string{domain.IOS: phones.IOS, domain.Android: phones.Android, domain.Other: phones.Other} {
			list[order.Market{Kind: kind, Platform: platform}] = map[string]order.Channel{config.WeChatPay: order.JSAPI, config.Closed: order.Shut}[channel]
		}
	}
	return list
}

func withdrawals(w config.Withdrawals) wallet.Rules {
	return wallet.Rules{Min: domain.Fen(w.Min), PerDay: w.PerDay, Daily: domain.Fen(w.Daily), ApproveAbove: domain.Fen(w.ApproveAbove)}
}
