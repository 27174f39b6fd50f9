#include "core/xml.h"

#include <gtest/gtest.h>

namespace sextant::xml {
namespace {

TEST(Xml, ReadsWhatSdksSend) {
  const auto root = parse(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c -->\n"
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\n"
      "  <Part><PartNumber>1</PartNumber><ETag>&quot;ab&#x22;&#38;\xC3\xA9</ETag></Part>\n"
      "  <s:Part xsi:type='x>y' ><PartNumber>2</PartNumber><ETag/><!-- - --></s:Part >\n"
      "</CompleteMultipartUpload>\n");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->name, "CompleteMultipartUpload");
  EXPECT_EQ(root->text, "");
  ASSERT_EQ(root->children.size(), 2u);
  EXPECT_EQ(root->children[0].text_of("ETag"), "\"ab\"&\xC3\xA9");
  EXPECT_EQ(root->children[1].name, "Part");
  EXPECT_EQ(root->children[1].text_of("PartNumber"), "2");
  EXPECT_EQ(root->children[1].text_of("ETag"), "");
  EXPECT_EQ(root->child("None"), nullptr);
}

TEST(Xml, TextIsKeptAsItIs) {
  const auto root = parse("<a><k> b </k><e>  </e><c><![CDATA[<&>]]>x</c><n>&#128512;</n></a>");
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->text_of("k"), " b ");
  EXPECT_EQ(root->text_of("e"), "  ");
  EXPECT_EQ(root->text_of("c"), "<&>x");
  EXPECT_EQ(root->text_of("n"), "\xF0\x9F\x98\x80");
}

TEST(Xml, Refuses) {
  std::string deep;
  for (int i = 0; i < 17; ++i) deep += "<a>";
  const std::string cases[] = {"",
                               " ",
                               "x",
                               "<",
                               "<a",
                               "<a>",
                               "<a></b>",
                               "<a><b></a></b>",
                               "<a></a",
                               "<a/><b/>",
                               "<a/>x",
                               "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
                               "<a>&x;</a>",
                               "<a>&amp</a>",
                               "<a>&#0;</a>",
                               "<a>&#xD800;</a>",
                               "<a>&#99999999999;</a>",
                               "<a b></a>",
                               "<a b=c></a>",
                               "<a b=\"c></a>",
                               "<a><!-- </a>",
                               "<a><![CDATA[x</a>",
                               "<a>\xff</a>",
                               "<a>\x01</a>",
                               std::string("<a>\0</a>", 8),
                               "<a><?php x ?></a>",
                               "<:></:>",
                               "<a:/>",
                               "<:a/>",
                               "<a:b:c/>",
                               "<a b=\"1\"c=\"2\"/>",
                               deep,
                               std::string(1 << 20, ' ') + "<a/>"};
  for (const auto& text : cases) {
    const auto root = parse(text);
    ASSERT_FALSE(root) << text.substr(0, 80);
    EXPECT_EQ(root.error().code, Code::Invalid);
  }
  EXPECT_NE(parse("<a><b></c></a>").error().message.find("at byte 9"), std::string::npos)
      << parse("<a><b></c></a>").error().message;
}

TEST(Xml, WritesWhatItReads) {
  Writer writer("ListBucketResult", "http://s3.amazonaws.com/doc/2006-03-01/");
  writer.leaf("Name", "a<b>&\"c\"\r\n").open("Contents").leaf("Key", "\x01k\xff");
  const std::string text = writer.finish();
  EXPECT_EQ(text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Name>a&lt;b&gt;&amp;&quot;c&quot;&#13;\n</Name>"
            "<Contents><Key>&#1;k?</Key></Contents></ListBucketResult>");
  Writer plain("R");
  plain.open("A").leaf("k", "x\r & <y>").close().leaf("B", "");
  const auto root = parse(plain.finish());
  ASSERT_TRUE(root);
  EXPECT_EQ(root->child("A")->text_of("k"), "x\r & <y>");
  EXPECT_NE(root->child("B"), nullptr);
}

}  // namespace
}  // namespace sextant::xml
