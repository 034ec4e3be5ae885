import {ListRenderer} from "@web/views/list/list_renderer";
import {ParameterBanner} from "./ending_banner";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

export class ParameterListRenderer extends ListRenderer {
    static template = "cobranza_legal.ParameterListRenderer";
    static components = {...ListRenderer.components, ParameterBanner};
}

registry.category("views").add("cobranza_parameter_list", {
    ...listView,
    Renderer: ParameterListRenderer,
});
