import {Component, onWillStart, useState} from "@odoo/owl";
import {EndingBanner} from "../ending/ending_banner";
import {useService} from "@web/core/utils/hooks";

/** Says above the worklist what the company as a whole is waiting for. */
export class WorklistBanner extends Component {
    static template = "cobranza_legal.WorklistBanner";
    static components = {EndingBanner};
    static props = {};

    setup() {
        this.openParameters = () =>
            this.action.doAction("cobranza_legal.action_cobranza_parameter");
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({banner: {}, installing: false});
        onWillStart(async () => {
            this.state.banner = await this.orm.call(
                "cobranza.debtor",
                "get_worklist_banner",
                []
            );
        });
    }

    async openPriority() {
        await this.action.doAction("cobranza_legal.action_cobranza_priority");
    }

    async openShadow() {
        await this.action.doAction("cobranza_legal.action_cobranza_shadow_report");
    }

    async openRun() {
        await this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "cobranza.run",
            res_id: this.state.banner.run_id,
            views: [[false, "form"]],
        });
    }

    async install() {
        this.state.installing = true;
        try {
            await this.orm.call("ir.module.module", "button_immediate_install", [
                [this.state.banner.module.id],
            ]);
            window.location.reload();
        } catch (error) {
            this.state.installing = false;
            throw error;
        }
    }
}
