//! Traditional characters that occur in names of companies and chambers, and their simplified forms.
//!
//! Only pairs that hold one to one in names; a character with two simplified forms takes the one that names use.

use std::{collections::BTreeMap, sync::LazyLock};

static PAIRS: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let pairs = TABLE.split_whitespace().map(str::chars);
    pairs.filter_map(|mut pair| Some((pair.next()?, pair.next()?))).collect()
});

/// The simplified form of a traditional character; any other character as it is.
pub(super) fn simplified(character: char) -> char {
    PAIRS.get(&character).copied().unwrap_or(character)
}

const TABLE: &str = "
亞亚 佈布 併并 來来 係系 俠侠 倉仓 個个 們们 倫伦 偉伟 傑杰 備备 傳传 債债 傷伤 僅仅 僑侨 價价 儀仪 億亿 儉俭 償偿 優优 儲储 兒儿 內内 兩两 冊册 冪幂 凍冻 凱凯 則则 剎刹 剛刚 創创
劃划 劇剧 劉刘 劑剂 動动 務务 勝胜 勞劳 勢势 勳勋 勵励 匯汇 區区 協协 參参 吳吴 呂吕 員员 問问 啓启 啟启 喬乔 單单 嘯啸 嚮向 嚴严 國国 圍围 園园 圖图 團团 執执 堅坚 報报 場场 塊块
塗涂 塵尘 墊垫 壇坛 壓压 壘垒 壩坝 壯壮 壺壶 壽寿 夢梦 奧奥 婦妇 媽妈 嬌娇 孫孙 學学 宮宫 實实 寧宁 審审 寫写 寬宽 寶宝 將将 專专 尋寻 對对 導导 尙尚 屆届 屬属 岡冈 峯峰 島岛 峽峡
嵐岚 嶗崂 嶺岭 嶼屿 巖岩 帥帅 師师 幟帜 幣币 幹干 庫库 廈厦 廚厨 廟庙 廠厂 廢废 廣广 廳厅 張张 強强 彈弹 彙汇 彥彦 後后 徑径 從从 復复 徵征 慶庆 憲宪 憶忆 應应 懷怀 戰战 戲戏 戶户
掛挂 採采 揚扬 換换 損损 搶抢 撥拨 擁拥 擇择 擔担 據据 擬拟 擴扩 攝摄 敵敌 數数 斷断 於于 時时 晉晋 暉晖 曆历 曉晓 會会 東东 條条 楊杨 業业 極极 榮荣 構构 樂乐 樓楼 標标 樞枢 樣样
樹树 橋桥 機机 橫横 檔档 檢检 欄栏 權权 歐欧 歡欢 歲岁 歷历 歸归 殘残 氣气 氫氢 淺浅 測测 湯汤 溝沟 溫温 滅灭 滙汇 滬沪 滿满 漁渔 漢汉 潔洁 潛潜 潤润 澗涧 澤泽 濕湿 濟济 濤涛 濰潍
濱滨 濾滤 瀋沈 瀏浏 瀘泸 瀝沥 瀾澜 灑洒 灘滩 灝灏 灣湾 災灾 煉炼 煒炜 煙烟 煥焕 熱热 燁烨 燈灯 營营 爍烁 爐炉 爭争 爾尔 牆墙 獎奖 獨独 獲获 獻献 現现 琺珐 瑋玮 瑤瑶 瑩莹 瑪玛 環环
璽玺 瓊琼 瓏珑 產产 産产 畫画 異异 當当 療疗 癒愈 發发 盡尽 監监 盤盘 盧卢 眞真 眾众 砲炮 碩硕 確确 碼码 磚砖 磯矶 礎础 礦矿 礫砾 禪禅 禮礼 種种 稱称 穀谷 積积 穎颖 穩稳 窪洼 窯窑
競竞 筆笔 節节 範范 築筑 簡简 簽签 籃篮 籌筹 籤签 糧粮 紀纪 約约 紅红 紋纹 納纳 紐纽 純纯 紗纱 紙纸 級级 細细 紹绍 終终 組组 結结 絕绝 絡络 給给 統统 絲丝 經经 綜综 綠绿 綫线 維维
網网 綺绮 緊紧 緒绪 線线 緣缘 編编 緯纬 縣县 縫缝 縱纵 總总 績绩 織织 繡绣 繩绳 繪绘 繼继 續续 纖纤 纜缆 罷罢 羅罗 羣群 義义 習习 翹翘 翺翱 聖圣 聞闻 聯联 聰聪 聲声 職职 腦脑 膠胶
臨临 與与 興兴 舉举 舊旧 艙舱 艦舰 艷艳 莊庄 華华 萊莱 萬万 葉叶 葦苇 蓮莲 蔣蒋 蔭荫 蕭萧 薩萨 藍蓝 藝艺 藥药 蘆芦 蘇苏 蘊蕴 蘋苹 蘭兰 處处 號号 螢萤 蟬蝉 蟲虫 蠟蜡 術术 衛卫 補补
裝装 製制 複复 見见 規规 視视 親亲 覺觉 覽览 觀观 觸触 訂订 計计 訊讯 訓训 記记 訪访 設设 許许 評评 詢询 試试 詩诗 話话 該该 詳详 誌志 誠诚 誼谊 調调 談谈 請请 論论 諾诺 謀谋 謙谦
講讲 謝谢 證证 識识 譚谭 議议 護护 譽誉 讀读 變变 讓让 豎竖 豐丰 貓猫 貝贝 負负 財财 貢贡 貨货 販贩 責责 貴贵 買买 貸贷 費费 貿贸 賀贺 資资 賓宾 賜赐 賢贤 賣卖 賦赋 質质 賬账 賴赖
購购 賽赛 贈赠 贊赞 贏赢 贛赣 趙赵 趨趋 躍跃 車车 軌轨 軍军 軒轩 軟软 較较 載载 輔辅 輕轻 輛辆 輝辉 輪轮 輯辑 輸输 轄辖 轉转 農农 這这 連连 進进 運运 過过 達达 遠远 適适 遲迟 遷迁
選选 遼辽 還还 邊边 郵邮 鄉乡 鄒邹 鄖郧 鄧邓 鄭郑 鄰邻 醫医 醬酱 釀酿 釋释 釗钊 釘钉 針针 釩钒 鈉钠 鈕钮 鈞钧 鈣钙 鈦钛 鈷钴 鈺钰 鉀钾 鉅钜 鉑铂 鉗钳 鉛铅 鉻铬 銀银 銅铜 銘铭 銳锐
銷销 鋁铝 鋅锌 鋒锋 鋪铺 鋯锆 鋰锂 鋼钢 錄录 錘锤 錢钱 錦锦 錫锡 錶表 鍋锅 鍍镀 鍛锻 鍵键 鍾钟 鎂镁 鎔镕 鎖锁 鎢钨 鎧铠 鎮镇 鎳镍 鏈链 鏑镝 鏡镜 鏵铧 鐘钟 鐳镭 鐵铁 鑄铸 鑒鉴 鑽钻
長长 門门 閉闭 開开 間间 閔闵 閘闸 閣阁 閩闽 閻阎 闊阔 闖闯 關关 闡阐 陰阴 陳陈 陸陆 陽阳 隊队 階阶 際际 隨随 險险 隴陇 雙双 雜杂 雞鸡 離离 難难 雲云 電电 霧雾 霽霁 靈灵 靜静 鞏巩
韋韦 韓韩 韻韵 響响 頁页 頂顶 項项 順顺 頌颂 預预 領领 頤颐 頭头 頻频 顆颗 題题 額额 顏颜 類类 顧顾 顯显 風风 飛飞 飯饭 飲饮 飾饰 養养 餘余 館馆 饋馈 馬马 馮冯 馳驰 駕驾 駱骆 駿骏
騰腾 驅驱 驕骄 驗验 驛驿 體体 鬆松 魚鱼 魯鲁 鮮鲜 鯤鲲 鯨鲸 鰲鳌 鳥鸟 鳳凤 鴻鸿 鵬鹏 鶴鹤 鷗鸥 鷹鹰 鷺鹭 鸞鸾 鹽盐 麗丽 麥麦 黃黄 點点 黨党 黽黾 齊齐 齋斋 齒齿 齡龄 龍龙 龐庞 龔龚
龜龟
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_changes_its_character_and_ends_there() {
        assert_eq!(PAIRS.len(), TABLE.split_whitespace().count(), "a character stands there twice");
        for (traditional, simple) in PAIRS.iter() {
            assert_ne!(traditional, simple);
            assert_eq!(simplified(*simple), *simple);
        }
    }
}
