import {Component, onWillStart, useState} from "@odoo/owl";
import {deserializeDate, formatDate} from "@web/core/l10n/dates";
import {useService} from "@web/core/utils/hooks";

/** Names the legal values that run out: what needs them stops. */
export class EndingBanner extends Component {
    static template = "cobranza_legal.EndingBanner";
    static props = {lines: Array, onOpen: {type: Function, optional: true}};

    day(line) {
        return formatDate(deserializeDate(line.until));
    }
}

/** The same above the list of legal values, which asks for them itself. */
export class ParameterBanner extends Component {
    static template = "cobranza_legal.ParameterBanner";
    static components = {EndingBanner};
    static props = {};

    setup() {
        const orm = useService("orm");
        this.state = useState({lines: []});
        onWillStart(async () => {
            const banner = await orm.call(
                "cobranza.parameter",
                "get_ending_banner",
                []
            );
            this.state.lines = banner.ending;
        });
    }
}
