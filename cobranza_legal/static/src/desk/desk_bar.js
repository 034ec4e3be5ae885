import {Component, onWillStart, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const RENEW = 5 * 60 * 1000;

/** The collector's place in the session, and who else has this debtor open. */
export class DeskBar extends Component {
    static template = "cobranza_legal.DeskBar";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({bar: {}, moving: false});
        const timer = setInterval(() => this.load(this.props.record.resId), RENEW);
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                this.state.moving = false;
                return this.load(next.record.resId);
            }
        });
        onWillUnmount(() => {
            clearInterval(timer);
            this.orm.silent.call("cobranza.debtor", "desk_leave", [
                [this.props.record.resId],
            ]);
        });
    }

    async load(debtor) {
        if (debtor) {
            this.state.bar = await this.orm.silent.call("cobranza.debtor", "desk_open", [
                [debtor],
            ]);
        }
    }

    move(verb) {
        return this.follow("desk_move", [[this.props.record.resId], verb]);
    }

    resume() {
        return this.follow("desk_resume", []);
    }

    end() {
        return this.follow("desk_end", []);
    }

    /** What is edited is kept before another debtor takes the place of this one. */
    async follow(method, args) {
        if (!(await this.props.record.save())) {
            return;
        }
        this.state.moving = true;
        try {
            const action = await this.orm.call("cobranza.debtor", method, args);
            await this.action.doAction(action, {
                stackPosition: "replaceCurrentAction",
            });
        } finally {
            this.state.moving = false;
        }
    }
}

registry.category("view_widgets").add("cobranza_desk_bar", {component: DeskBar});
