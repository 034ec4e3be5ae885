import {Component, useState} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

/** Shows the debtor that follows in the worklist; the pager keeps its list. */
export class NextDebtor extends Component {
    static template = "cobranza_legal.NextDebtor";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({moving: false});
    }

    /** What is edited is kept before another debtor takes the place of this one. */
    async next() {
        const {record} = this.props;
        if (!(await record.save())) {
            return;
        }
        this.state.moving = true;
        try {
            const next = await this.orm.call("cobranza.debtor", "next_debtor", [
                [record.resId],
            ]);
            if (next) {
                const resIds = record.resIds.includes(next)
                    ? record.resIds
                    : [...record.resIds, next];
                await record.model.load({resId: next, resIds});
            } else {
                this.notification.add(_t("This is the last debtor of the worklist."));
            }
        } finally {
            this.state.moving = false;
        }
    }
}

registry.category("view_widgets").add("cobranza_next_debtor", {component: NextDebtor});
