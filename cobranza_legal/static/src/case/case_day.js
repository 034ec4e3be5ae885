import {Component, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {getDataURLFromFile} from "@web/core/utils/urls";
import {panels} from "../kpi/dashboard";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

/** One own case: what is done most often, and a place where files are dropped. */
export class CaseCard extends Component {
    static template = "cobranza_legal.CaseCard";
    static props = {card: Object, open: Function, run: Function, drop: Function};

    setup() {
        this.state = useState({over: 0, busy: false});
    }

    get className() {
        return this.state.over > 0 ? "o_cobranza_over border-primary" : "";
    }

    hasFiles(ev) {
        return ev.dataTransfer && [...ev.dataTransfer.types].includes("Files");
    }

    // What lies inside the card enters and leaves, too: it is counted
    onDragEnter(ev) {
        if (this.hasFiles(ev) && this.props.card.works) {
            this.state.over += 1;
        }
    }

    onDragLeave(ev) {
        if (this.hasFiles(ev) && this.props.card.works) {
            this.state.over = Math.max(0, this.state.over - 1);
        }
    }

    async onDrop(ev) {
        if (!this.hasFiles(ev) || !this.props.card.works) {
            return;
        }
        this.state.over = 0;
        await this.send([...ev.dataTransfer.files]);
    }

    async onChosen(ev) {
        const files = [...ev.target.files];
        await this.send(files);
        ev.target.value = "";
    }

    async send(files) {
        if (!files.length || this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await this.props.drop(this.props.card, files);
        } finally {
            this.state.busy = false;
        }
    }
}

/** The day of whoever works on cases: a tab of the dashboard, and a page of its own. */
export class CasePanel extends Component {
    static template = "cobranza_legal.CasePanel";
    static components = {CaseCard};
    static props = {
        data: Object,
        reload: Function,
        filters: {type: Object, optional: true},
        follow: {type: Function, optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.open = this.open.bind(this);
        this.run = this.run.bind(this);
        this.drop = this.drop.bind(this);
    }

    async open(model, id) {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async run(model, id, method) {
        const action = await this.orm.call(model, method, [[id]]);
        await this.follow(action);
    }

    /** A dialog stays above this page, which is read anew when it closes. */
    async follow(action) {
        if (action && typeof action === "object") {
            await this.action.doAction(action, {onClose: this.props.reload});
        } else {
            await this.props.reload();
        }
    }

    async drop(card, files) {
        const contents = await Promise.all(
            files.map(async (file) => ({
                name: file.name,
                content: (await getDataURLFromFile(file)).split(",")[1] || "",
            }))
        );
        const action = await this.orm.call("cobranza.case.day", "drop_files", [
            card.id,
            contents,
        ]);
        await this.follow(action);
    }

    async openAll() {
        await this.action.doAction("cobranza_legal.action_cobranza_case");
    }
}

/** The page of its own. */
export class CaseDay extends Component {
    static template = "cobranza_legal.CaseDay";
    static components = {CasePanel, Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.display = {controlPanel: {}};
        this.state = useState({
            data: {due: [], came: [], cases: [], more: 0, today: ""},
        });
        this.load = this.load.bind(this);
        onWillStart(this.load);
    }

    async load() {
        this.state.data = await this.orm.call("cobranza.case.day", "get_day");
    }
}

panels.add("case_day", CasePanel);
registry.category("actions").add("cobranza_legal.case_day", CaseDay);
