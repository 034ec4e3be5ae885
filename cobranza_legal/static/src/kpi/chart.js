import {Component, onWillStart, onWillUnmount, useEffect, useRef, useState} from "@odoo/owl";
import {cookie} from "@web/core/browser/cookie";
import {loadBundle} from "@web/core/assets";

const DARK = cookie.get("color_scheme") === "dark";
const INK = DARK ? "#E4E4E4" : "#374151";
const GRID = DARK ? "rgba(255,255,255,.15)" : "rgba(0,0,0,.1)";

/** From calm to grave: told apart by how dark they are, too. */
export const TONES = ["#9CA3AF", "#7FB3E6", "#3188E6", "#F4A261", "#CE4257", "#982738"];

function isStill() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A number on an axis, short: 12 k, 3 M. */
export function short(value) {
    return new Intl.NumberFormat(document.documentElement.lang || undefined, {
        notation: "compact",
        maximumFractionDigits: 1,
    }).format(value);
}

/**
 * A chart, and the same as a table: for whoever does not see it, and for whoever wants
 * the numbers. `table`: {head: [text], rows: [[text]]}.
 */
export class KpiChart extends Component {
    static template = "cobranza_legal.KpiChart";
    static props = {
        config: Object,
        label: String,
        table: Object,
        open: {type: Function, optional: true},
    };

    setup() {
        this.canvas = useRef("canvas");
        this.state = useState({table: false});
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.config, this.state.table]
        );
        onWillUnmount(() => this.chart && this.chart.destroy());
    }

    draw() {
        if (this.chart) {
            this.chart.destroy();
            this.chart = null;
        }
        if (!this.canvas.el) {
            return;
        }
        const {type, data, stacked, tips, horizontal} = this.props.config;
        const money = {
            stacked,
            beginAtZero: true,
            grid: {color: GRID},
            ticks: {color: INK, callback: (value) => short(value), maxTicksLimit: 6},
        };
        const names = {stacked, grid: {display: false}, ticks: {color: INK}};
        this.chart = new window.Chart(this.canvas.el, {
            type,
            data,
            options: {
                indexAxis: horizontal ? "y" : "x",
                responsive: true,
                maintainAspectRatio: false,
                animation: isStill() ? false : {duration: 300},
                scales: horizontal ? {x: money, y: names} : {x: names, y: money},
                plugins: {
                    legend: {
                        display: data.datasets.length > 1,
                        position: "bottom",
                        labels: {color: INK, boxWidth: 12},
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${tips[item.datasetIndex][item.dataIndex]}`,
                        },
                    },
                },
                onClick: (_ev, found) => {
                    if (found.length && this.props.open) {
                        this.props.open(found[0].datasetIndex, found[0].index);
                    }
                },
            },
        });
    }

    toggle() {
        this.state.table = !this.state.table;
    }
}

/** The course of a figure in a line; what it says stands beside it in words. */
export class Sparkline extends Component {
    static template = "cobranza_legal.Sparkline";
    static props = {points: Array, goal: {optional: true}, label: String};

    get known() {
        return this.props.points.filter((one) => one.value !== null);
    }

    get drawn() {
        const points = this.props.points;
        const values = this.known.map((one) => one.value);
        const goal = this.props.goal;
        const all = typeof goal === "number" ? [...values, goal] : values;
        const low = Math.min(...all);
        const span = Math.max(...all) - low || 1;
        const step = 100 / Math.max(points.length - 1, 1);
        const height = (value) => 26 - ((value - low) / span) * 22;
        return {
            line: points
                .map((one, place) => ({...one, place}))
                .filter((one) => one.value !== null)
                .map((one) => `${one.place * step},${height(one.value)}`)
                .join(" "),
            goal: typeof goal === "number" ? height(goal) : null,
        };
    }
}
