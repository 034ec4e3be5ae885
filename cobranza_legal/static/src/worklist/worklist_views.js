import {WorklistBanner} from "./worklist_banner";
import {KanbanHeader} from "@web/views/kanban/kanban_header";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListRenderer} from "@web/views/list/list_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

export class WorklistListRenderer extends ListRenderer {
    static template = "cobranza_legal.WorklistListRenderer";
    static components = {...ListRenderer.components, WorklistBanner};
}

export class WorklistKanbanHeader extends KanbanHeader {
    static template = "cobranza_legal.WorklistKanbanHeader";

    get title() {
        // Odoo gives no title to the column of an empty selection
        return this.group.displayName || this.group.groupByField.falsy_value_label;
    }
}

export class WorklistKanbanRenderer extends KanbanRenderer {
    static template = "cobranza_legal.WorklistKanbanRenderer";
    static components = {
        ...KanbanRenderer.components,
        KanbanHeader: WorklistKanbanHeader,
        WorklistBanner,
    };
}

registry.category("views").add("cobranza_worklist_list", {
    ...listView,
    Renderer: WorklistListRenderer,
});

registry.category("views").add("cobranza_worklist_kanban", {
    ...kanbanView,
    Renderer: WorklistKanbanRenderer,
});
