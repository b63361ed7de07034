/* How is a chart's page dressed, and what does it do by itself? Both stand in the page: one request shows it
 * all. */

#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/chart_page.h"

static const struct str style = STR_INIT(
    ":root{color-scheme:light dark;--back:#f6f3ee;--card:#fff;--ink:#241f33;--soft:#6a6279;--line:#e0dae8;"
    "--mark:#4b3b8f;--mark-ink:#fff;--warm:#b4552d}"
    "@media(prefers-color-scheme:dark){:root{--back:#14111c;--card:#1f1a2b;--ink:#efecf6;--soft:#aaa2bb;"
    "--line:#39324b;--mark:#c3b5ff;--mark-ink:#1c1530;--warm:#e8966c}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--back);color:var(--ink);font:1.0625rem/1.6 system-ui,'Noto Sans','Noto "
    "Sans "
    "Devanagari',sans-serif;overflow-wrap:break-word}"
    "main{max-width:46rem;margin:0 auto;padding:1.25rem 1rem 3rem}"
    "h1{font-size:clamp(1.5rem,5vw,2.1rem);line-height:1.25;margin:.5rem 0 1rem;text-wrap:balance}"
    "h2{font-size:1.15rem;margin:0 0 .6rem}"
    "section{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:1rem "
    "1.1rem;margin:0 0 1rem}"
    "dl.signs{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:0}"
    "dl.signs div{border-left:.25rem solid var(--mark);padding:.1rem 0 .1rem .7rem}"
    "dt{color:var(--soft);font-size:.9rem}dd{margin:0;font-weight:600;font-size:1.15rem}"
    "dl.birth "
    "dd{font-size:1rem;font-weight:400;overflow-wrap:anywhere}dl.birth{margin:0;display:grid;"
    "grid-template-columns:max-content minmax(0,1fr);gap:.1rem 1rem}"
    "ul.said{margin:0;padding:0;list-style:none}ul.said li{padding:.45rem 0}"
    "ul.said li+li{border-top:1px solid var(--line)}"
    "figure{margin:0}figure img{display:block;width:100%;height:auto;border-radius:.6rem;background:#fffdf8}"
    "figcaption{margin-top:.5rem}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.95rem}"
    "th,td{text-align:start;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top}"
    "th{color:var(--soft);font-weight:500;white-space:nowrap}td.n{white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    "tr.now td{font-weight:600;color:var(--warm)}"
    "tr:last-child td{border-bottom:0}"
    "@media(max-width:40rem){.planets tr{display:grid;grid-template-columns:6fr 5fr 4fr 3fr;padding:.3rem 0;"
    "border-bottom:1px solid var(--line)}.planets th,.planets td{border:0;padding:.05rem .4rem .05rem 0}"
    ".planets .more{grid-column:span 2;font-size:.85rem;color:var(--soft)}.planets th{white-space:normal}}"
    "a{color:var(--mark)}"
    "details summary{cursor:pointer;font-weight:600}.wide+details{margin-top:.8rem}"
    "p{margin:0 0 .7rem}small,.soft{color:var(--soft)}"
    ".link{display:block;font-family:ui-monospace,monospace;font-size:.85rem;word-break:break-all;"
    "padding:.6rem .7rem;border:1px dashed var(--line);border-radius:.6rem;margin:0 0 .7rem;color:inherit}"
    ".row{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .7rem}"
    "button,.button{font:inherit;padding:.6rem 1rem;border-radius:.7rem;border:1px solid "
    "var(--mark);background:var(--card);color:var(--ink);cursor:pointer;min-height:2.75rem;text-decoration:"
    "none;"
    "display:inline-block}"
    "button.main,.button.main{background:var(--mark);color:var(--mark-ink)}"
    "button:focus-visible,a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:.2rem solid "
    "var(--mark);outline-offset:.15rem}"
    ".qr{width:9rem;height:9rem;image-rendering:pixelated;border-radius:.4rem;display:block;background:#fff}"
    "[hidden]{display:none!important}"
    "@media "
    "print{:root{--back:#fff;--card:#fff;--ink:#000;--soft:#333;--line:#bbb;--mark:#4b3b8f;--warm:#8a3d1c}"
    "main{max-width:none;padding:0}section{border:0;padding:0;break-inside:avoid}.screen,details:not([open]){"
    "display:none}}");

/* Tells that the page was seen, once it is in front of somebody; shares and copies where the browser can. */
static const struct str program = STR_INIT(
    "(function(){'use strict';"
    "var body=document.body,token=body.dataset.token;"
    "if(!token)return;"
    "function tell(what){var form=new URLSearchParams({t:token});"
    "if(navigator.sendBeacon)navigator.sendBeacon(location.pathname+'/'+what,form);}"
    "function see(){if(document.visibilityState!=='visible')return;"
    "document.removeEventListener('visibilitychange',see);"
    "setTimeout(function(){tell('viewed');},800);}"
    "document.addEventListener('visibilitychange',see);see();"
    "var share=document.getElementById('share'),copy=document.getElementById('copy'),"
    "done=document.getElementById('copied');"
    "if(share&&navigator.share){share.hidden=false;share.addEventListener('click',function(){"
    "navigator.share({title:share.dataset.title,url:share.dataset.url}).then(function(){tell('shared');},"
    "function(){});});}"
    "if(copy&&navigator.clipboard){copy.hidden=false;copy.addEventListener('click',function(){"
    "navigator.clipboard.writeText(copy.dataset.url).then(function(){done.textContent=done.dataset.words;"
    "tell('shared');},"
    "function(){});});}"
    "})();");

struct str page_style(void)
{
    return style;
}

struct str page_program(void)
{
    return program;
}

static struct str hash_of(struct str text, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    sha256(text, digest);
    return base64_encode(arena, digest, sizeof digest);
}

struct str chart_page_policy(struct arena *arena)
{
    return arena_printf(
        arena,
        "default-src 'none'; style-src 'sha256-%.*s'; script-src 'sha256-%.*s'; img-src 'self' "
        "data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
        "'none'",
        STR_ARG(hash_of(style, arena)), STR_ARG(hash_of(program, arena)));
}
