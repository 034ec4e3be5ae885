import {registry} from "@web/core/registry";

const PDF = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

function chooseFile({anchor}) {
    const chosen = new DataTransfer();
    chosen.items.add(new File([PDF], "photo.pdf", {type: "application/pdf"}));
    anchor.files = chosen.files;
}

registry.category("web_tour.tours").add("cobranza_legal_debtor", {
    steps: () => [
        {
            content: "The exact sum is there",
            trigger: ".o_cp_sum:contains('1,000.00')",
        },
        {
            content: "I do not agree",
            trigger: "#dispute > summary",
            run: "click",
        },
        {
            content: "With this document",
            trigger: "#dispute select[name=document]",
            run: "selectByIndex 0",
        },
        {
            content: "With a part of it",
            trigger: "#dispute input[value=part]",
            run: "click",
        },
        {
            content: "So much of it",
            trigger: "#dispute input[name=amount]:visible",
            run: "edit 250",
        },
        {
            content: "For this reason",
            trigger: "#dispute select[name=reason]",
            run: "select quality",
        },
        {
            content: "That is what happened",
            trigger: "#dispute textarea",
            run: "edit The second box was empty",
        },
        {
            content: "With a picture of it",
            trigger: "#dispute input[type=file]",
            run: chooseFile,
        },
        {
            content: "Send",
            trigger: "#dispute button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It was received, with its file",
            trigger: ".o_cp_card:contains(photo.pdf) .o_cp_next",
        },
        {
            content: "Back to the account",
            trigger: ".o_cp_card a.o_cp_button",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The part is not claimed any more",
            trigger: ".o_cp_sum:contains('750.00')",
        },
        {
            content: "The document says why",
            trigger: ".o_cp_document .o_cp_tag:contains(In dispute)",
        },
    ],
});
