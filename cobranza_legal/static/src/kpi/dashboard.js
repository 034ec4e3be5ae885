import {Component, onWillStart, useRef, useState} from "@odoo/owl";
import {KeepLast} from "@web/core/utils/concurrency";
import {Layout} from "@web/search/layout";
import {Sparkline} from "./chart";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/**
 * Components of the tabs, by the name that a row of `cobranza.dashboard.tab` gives.
 * Their props: `data`, what the server has read; `filters`; `reload`, reads it anew;
 * `follow`, does an action of the server.
 */
export const panels = registry.category("cobranza.dashboard.panels");

const KEY = "cobranza_legal.dashboard";

/** What waits for the answer of the user: one tap to choose, one to confirm. */
export class ApprovalCard extends Component {
    static template = "cobranza_legal.ApprovalCard";
    static props = {approval: Object, answer: Function};

    setup() {
        this.state = useState({asks: "", reason: "", busy: false});
    }

    choose(answer) {
        this.state.asks = answer;
    }

    get lacksReason() {
        const alone = this.props.approval.alone && this.state.asks === "approve";
        return alone && !this.state.reason.trim();
    }

    get reasonLabel() {
        return this.props.approval.alone
            ? _t("Reason, needed: you asked for it")
            : _t("Reason, if you want to give one");
    }

    async confirm() {
        this.state.busy = true;
        const {approval, answer} = this.props;
        try {
            await answer(approval.id, this.state.asks === "approve", this.state.reason);
        } finally {
            this.state.busy = false;
        }
    }
}

/** An indicator against its target. */
export class FigureCard extends Component {
    static template = "cobranza_legal.FigureCard";
    static components = {Sparkline};
    static props = {figure: Object, open: Function};

    get tone() {
        return {met: "success", missed: "danger"}[this.props.figure.standing] || "";
    }

    get icon() {
        return {met: "fa-check", missed: "fa-exclamation-triangle"}[
            this.props.figure.standing
        ];
    }

    get trendLabel() {
        const points = this.props.figure.trend.map((one) => `${one.day}: ${one.text}`);
        return `${_t("Course")}: ${points.join("; ")}`;
    }
}

export class Dashboard extends Component {
    static template = "cobranza_legal.Dashboard";
    static components = {ApprovalCard, FigureCard, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.tablist = useRef("tablist");
        this.keep = new KeepLast();
        this.display = {controlPanel: {}};
        this.state = useState({
            page: {tabs: [], companies: [], periods: [], currencies: []},
            tab: "",
            shown: null,
            loading: false,
            filters: {company: 0, period: "month", currency: 0},
        });
        this.reload = this.reload.bind(this);
        this.follow = this.follow.bind(this);
        this.openFigure = this.openFigure.bind(this);
        this.answer = this.answer.bind(this);
        onWillStart(async () => {
            this.state.page = await this.orm.call("cobranza.dashboard", "get_page");
            const {tabs, company} = this.state.page;
            this.state.filters.company = company || 0;
            const before = this.restored();
            const known = tabs.some((one) => one.code === before.tab);
            this.state.tab = known ? before.tab : tabs.length ? tabs[0].code : "";
            if (this.state.page.periods.some((one) => one.code === before.period)) {
                this.state.filters.period = before.period;
            }
            await this.reload();
        });
    }

    /** Coming back from a list, one finds the tab that one left. */
    restored() {
        try {
            return JSON.parse(window.sessionStorage.getItem(KEY)) || {};
        } catch {
            return {};
        }
    }

    get tab() {
        return this.state.page.tabs.find((one) => one.code === this.state.tab);
    }

    get Panel() {
        return this.tab && panels.contains(this.tab.panel)
            ? panels.get(this.tab.panel)
            : null;
    }

    get isEmpty() {
        return this.state.tab === "direction" && !this.state.shown.figures.length;
    }

    async reload() {
        const {tab, filters, page} = this.state;
        if (!tab || !page.companies.length) {
            return;
        }
        window.sessionStorage.setItem(KEY, JSON.stringify({tab, period: filters.period}));
        this.state.loading = true;
        try {
            const shown = await this.keep.add(
                this.orm.call("cobranza.dashboard", "read_tab", [tab, {...filters}])
            );
            this.state.shown = {tab, ...shown};
        } finally {
            this.state.loading = false;
        }
    }

    async choose(code) {
        if (code !== this.state.tab) {
            this.state.tab = code;
            this.state.shown = null;
            await this.reload();
        }
    }

    /** Arrows move among the tabs, as the pattern of tabs asks for. */
    async onTabKey(ev) {
        const tabs = this.state.page.tabs;
        const place = tabs.findIndex((one) => one.code === this.state.tab);
        const last = tabs.length - 1;
        const target = {
            ArrowRight: place === last ? 0 : place + 1,
            ArrowLeft: place === 0 ? last : place - 1,
            Home: 0,
            End: last,
        }[ev.key];
        if (target === undefined) {
            return;
        }
        ev.preventDefault();
        this.tablist.el.querySelectorAll("[role=tab]")[target].focus();
        await this.choose(tabs[target].code);
    }

    async onFilter(name, ev) {
        const value = ev.target.value;
        this.state.filters[name] = name === "period" ? value : Number(value);
        await this.reload();
    }

    async follow(action) {
        if (action && typeof action === "object") {
            await this.action.doAction(action, {onClose: this.reload});
        } else {
            await this.reload();
        }
    }

    async openFigure(id) {
        await this.follow(
            await this.orm.call("cobranza.kpi", "action_behind", [[id]])
        );
    }

    async answer(id, approved, reason) {
        await this.orm.call("cobranza.dashboard", "answer", [id, approved, reason]);
        await this.reload();
    }
}

registry.category("actions").add("cobranza_legal.dashboard", Dashboard);
