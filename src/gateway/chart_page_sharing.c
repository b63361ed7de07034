/* How does an owner hand their chart on, and take it back? All of it works without JavaScript: forms whose
 * token no other site can know. */

#include "gateway/chart_link.h"
#include "gateway/chart_page.h"
#include "gateway/qr.h"

static void put_wish(struct page_writing *writing, const char *wish)
{
    buf_printf(&writing->out, "<button name=\"wish\" value=\"%s\">", wish);
    page_put_words(writing, arena_printf(writing->arena, "chart_page.%s", wish).data);
    page_put(writing, STR("</button>\n"));
}

static void begin_form(struct page_writing *writing)
{
    const struct chart_link *link = &writing->page->record->link;
    buf_printf(&writing->out,
               "<form class=\"row screen\" method=\"post\" action=\"%.*s\">"
               "<input type=\"hidden\" name=\"t\" value=\"",
               STR_ARG(uuid_text(writing->arena, link->profile)));
    page_put_text(writing, link->owner_token);
    page_put(writing, STR("\">\n"));
}

/* Shown by the program where the browser can do it. */
static void put_buttons(struct page_writing *writing, struct str url)
{
    static const char *const ids[] = {"share", "copy"};
    page_put(writing, STR("<p class=\"row screen\">"));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        buf_printf(&writing->out, "<button id=\"%s\"%s type=\"button\" hidden data-url=\"", ids[i],
                   i == 0 ? " class=\"main\"" : "");
        page_put_text(writing, url);
        page_put(writing, STR("\" data-title=\""));
        page_put_text(writing, chart_title(&writing->page->telling, writing->page->record));
        page_put(writing, STR("\">"));
        page_put_words(writing, arena_printf(writing->arena, "chart_page.%s", ids[i]).data);
        page_put(writing, STR("</button>\n"));
    }
    /* Empty at first: a screen reader tells what comes into it, not that it is shown. */
    page_put(writing, STR("<span id=\"copied\" role=\"status\" data-words=\""));
    page_put_words(writing, "chart_page.copied");
    page_put(writing, STR("\"></span></p>\n"));
}

static void put_shared(struct page_writing *writing)
{
    const struct chart_page *page = writing->page;
    const struct chart_record *record = page->record;
    struct str url =
        chart_url(page->config, record->link.profile, record->link.shared_token, "", writing->arena);
    struct str code = qr_data_uri(url, writing->arena);
    page_put(writing, STR("<p>"));
    page_put_words(writing, record->shows_birth ? "chart_page.shared_with_birth" : "chart_page.shared");
    page_put(writing, STR("</p>\n<a class=\"link\" href=\""));
    page_put_text(writing, url);
    page_put(writing, STR("\">"));
    page_put_text(writing, url);
    page_put(writing, STR("</a>\n"));
    put_buttons(writing, url);
    if (code.len) {
        page_put(writing, STR("<p><img class=\"qr\" alt=\""));
        page_put_words(writing, "chart_page.code");
        page_put(writing, STR("\" src=\""));
        page_put(writing, code);
        page_put(writing, STR("\"></p>\n"));
    }
    begin_form(writing);
    put_wish(writing, record->shows_birth ? "hide_birth" : "show_birth");
    put_wish(writing, "renew_shared");
    put_wish(writing, "revoke_shared");
    page_put(writing, STR("</form>\n"));
}

static void put_unshared(struct page_writing *writing)
{
    page_put(writing, STR("<p>"));
    page_put_words(writing, "chart_page.not_shared");
    page_put(writing, STR("</p>\n"));
    begin_form(writing);
    put_wish(writing, "renew_shared");
    page_put(writing, STR("</form>\n"));
}

void page_put_sharing(struct page_writing *writing)
{
    page_put(writing, STR("<section id=\"sharing\"><h2>"));
    page_put_words(writing, "chart_page.sharing");
    page_put(writing, STR("</h2>\n"));
    if (writing->page->record->link.shared_token.len)
        put_shared(writing);
    else
        put_unshared(writing);
    page_put(writing, STR("</section>\n<section class=\"screen\"><h2>"));
    page_put_words(writing, "chart_page.private_title");
    page_put(writing, STR("</h2>\n<p>"));
    page_put_words(writing, "chart_page.private");
    page_put(writing, STR("</p>\n"));
    begin_form(writing);
    put_wish(writing, "renew_owner");
    page_put(writing, STR("</form></section>\n"));
}
