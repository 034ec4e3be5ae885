import {KpiChart, TONES} from "./chart";
import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {panels} from "./dashboard";
import {useService} from "@web/core/utils/hooks";

const PANEL = {data: Object, filters: Object, reload: Function, follow: Function};

/** Where the money stands, and what is to come. */
export class DirectionPanel extends Component {
    static template = "cobranza_legal.DirectionPanel";
    static components = {KpiChart};
    static props = PANEL;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.openAgeing = this.openAgeing.bind(this);
        this.openForecast = (source) => this.open("forecast", this.sources[source].code);
    }

    async open(what, key) {
        const args = [what, key, {...this.props.filters}];
        const model = "cobranza.dashboard.direction";
        const action = await this.orm.call(model, "open_behind", args);
        if (action) {
            await this.props.follow(action);
        }
    }

    async openDebtor(id) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "cobranza.debtor",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openWorklist() {
        await this.action.doAction("cobranza_legal.action_cobranza_debtor");
    }

    openAgeing(place, bucket) {
        return this.open("ageing", `${this.phases[place].code}|${bucket}`);
    }

    /** Phases in which something is. */
    get phases() {
        return this.props.data.ageing.phases.filter((one) =>
            one.cells.some((cell) => cell.value)
        );
    }

    get ageing() {
        const all = this.props.data.ageing.phases;
        return {
            type: "bar",
            stacked: true,
            data: {
                labels: this.props.data.ageing.buckets,
                datasets: this.phases.map((one) => ({
                    label: one.label,
                    data: one.cells.map((cell) => cell.value),
                    backgroundColor: TONES[all.indexOf(one)],
                })),
            },
            tips: this.phases.map((one) => one.cells.map((cell) => cell.text)),
        };
    }

    get ageingTable() {
        return {
            head: [_t("Phase"), ...this.props.data.ageing.buckets],
            rows: this.phases.map((one) => [
                one.label,
                ...one.cells.map((cell) => cell.text),
            ]),
        };
    }

    get sources() {
        return this.props.data.forecast.sources.filter((one) => one.total.value);
    }

    get forecast() {
        return {
            type: "bar",
            stacked: true,
            data: {
                labels: this.props.data.forecast.weeks,
                datasets: this.sources.map((one, place) => ({
                    label: one.label,
                    data: one.cells.map((cell) => cell.value),
                    backgroundColor: [TONES[2], TONES[1], TONES[3], TONES[0]][place % 4],
                })),
            },
            tips: this.sources.map((one) => one.cells.map((cell) => cell.text)),
        };
    }

    get forecastTable() {
        return {
            head: [_t("Known from"), ...this.props.data.forecast.weeks],
            rows: this.sources.map((one) => [
                one.label,
                ...one.cells.map((cell) => cell.text),
            ]),
        };
    }

    /** How wide a bar of the funnel is, in percent of the widest. */
    width(step) {
        const most = Math.max(...this.props.data.funnel.steps.map((one) => one.value));
        return most > 0 ? Math.max(2, Math.round((step.value / most) * 100)) : 0;
    }
}

/** What a collector has before today. */
export class CollectorPanel extends Component {
    static template = "cobranza_legal.CollectorPanel";
    static props = PANEL;

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    async open(what) {
        const args = [what, {...this.props.filters}];
        const model = "cobranza.dashboard.collector";
        await this.props.follow(await this.orm.call(model, "open_behind", args));
    }

    async openRecord(row) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: row.model,
            res_id: row.id,
            views: [[false, "form"]],
        });
    }

    async openWorklist() {
        await this.action.doAction("cobranza_legal.action_cobranza_debtor");
    }
}

panels.add("direction", DirectionPanel);
panels.add("collector", CollectorPanel);
